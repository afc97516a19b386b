#include "report/staged.hpp"

#include "base/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace rockstage::report {
namespace {

nlohmann::json file_data(const stage::StagedFile& file) {
  return {{"path", file.path},
          {"size", file.size},
          {"mode", fmt::format("{:04o}", file.mode)},
          {"sha256", file.sha256},
          {"class", build::to_string(file.file_class)}};
}

bool is_seen_by_programs(const stage::StagedFile& file) {
  return file.path.starts_with("share/lua/") || file.path.starts_with("lib/lua/")
         || file.path.starts_with("bin/");
}

std::string size(std::uint64_t bytes) {
  if (bytes < 10'000) return fmt::format("{} B", bytes);
  return fmt::format("{:.0f} kB", static_cast<double>(bytes) / 1000);
}

}  // namespace

std::string staged_text(const std::string& tree, const std::vector<stage::StagedRock>& rocks) {
  std::string out;
  for (const auto& rock : rocks) {
    out += fmt::format("staged {} {} for {} into {} ({})\n",
                       rock.name,
                       rock.version,
                       rock.lua,
                       tree,
                       text::duration(rock.seconds));
    for (const auto& file : rock.files)
      if (is_seen_by_programs(file))
        out += fmt::format(
            "  {:<48} {:>8}  {}\n", file.path, size(file.size), build::to_string(file.file_class));
  }
  return text::escape_for_terminal(out);
}

nlohmann::json staged_data(const std::vector<stage::StagedRock>& rocks) {
  auto out = nlohmann::json::array();
  for (const auto& rock : rocks) {
    auto files = nlohmann::json::array();
    for (const auto& file : rock.files)
      files.push_back(file_data(file));
    out.push_back({{"name", rock.name},
                   {"version", rock.version},
                   {"build_type", rock.build_type},
                   {"lua", rock.lua},
                   {"target", rock.target},
                   {"cache", "off"},
                   {"modules", rock.modules},
                   {"files", std::move(files)},
                   {"seconds", rock.seconds}});
  }
  return out;
}

}  // namespace rockstage::report
