#include "report/rocks.hpp"

#include "base/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace rockstage::report {
namespace {

/// Broken at blanks where a line is over 80 columns (luarocks/cmd/show.lua, word_wrap).
std::string word_wrap(std::string_view line) {
  constexpr std::size_t kWidth = 80;
  std::string out;
  while (line.size() > kWidth) {
    const auto blank = line.rfind(' ', kWidth - 1);
    if (blank == std::string_view::npos || blank == 0) break;
    out += line.substr(0, blank);
    out += '\n';
    line.remove_prefix(blank + 1);
  }
  return out + std::string(line);
}

/// The detailed description as `luarocks show` prints it: indentation dropped, single line breaks
/// joined, paragraphs wrapped.
std::vector<std::string> detailed_lines(const std::string& detailed) {
  std::vector<std::string> paragraphs(1);
  for (const auto& raw : text::split(std::string(text::trim(detailed)), '\n')) {
    const auto line = text::trim(raw);
    if (line.empty()) {
      if (!paragraphs.back().empty()) paragraphs.emplace_back();
      continue;
    }
    if (!paragraphs.back().empty()) paragraphs.back() += ' ';
    paragraphs.back() += line;
  }
  std::vector<std::string> out;
  for (std::size_t i = 0; i < paragraphs.size(); ++i) {
    if (i > 0) out.emplace_back();
    for (auto& line : text::split(word_wrap(paragraphs[i]), '\n'))
      out.push_back(std::move(line));
  }
  return out;
}

std::string location(const stage::InstalledRock& rock) {
  const auto suffix = "/lib/luarocks/rocks-" + rock.v;
  return rock.rocks_dir.ends_with(suffix)
             ? rock.rocks_dir.substr(0, rock.rocks_dir.size() - suffix.size())
             : rock.rocks_dir;
}

std::string using_version(const std::string& version) {
  return version.empty() ? "missing" : "using " + version;
}

template <class Pairs>
std::string section(const char* title,
                    const Pairs& pairs,
                    std::string (*second)(const std::string&)) {
  if (pairs.empty()) return {};
  std::string out = fmt::format("\n{}:\n", title);
  for (const auto& [name, value] : pairs)
    out += fmt::format("\t{} ({})\n", name, second(value));
  return out;
}

std::string as_is(const std::string& text) {
  return text;
}

nlohmann::json null_or(const std::string& text) {
  return text.empty() ? nlohmann::json() : nlohmann::json(text);
}

template <class Pairs>
nlohmann::json records(const Pairs& pairs, const char* key, const char* value) {
  auto out = nlohmann::json::array();
  for (const auto& [first, second] : pairs)
    out.push_back({{key, first}, {value, null_or(second)}});
  return out;
}

}  // namespace

std::string list_text(const std::vector<stage::InstalledRock>& rocks) {
  std::string out;
  for (std::size_t i = 0; i < rocks.size(); ++i) {
    if (i == 0 || rocks[i - 1].name != rocks[i].name) out += rocks[i].name + "\n";
    out += fmt::format("   {} (installed) - {}\n", rocks[i].version, location(rocks[i]));
    if (i + 1 == rocks.size() || rocks[i + 1].name != rocks[i].name) out += "\n";
  }
  return out;
}

std::string list_porcelain(const std::vector<stage::InstalledRock>& rocks) {
  std::string out;
  for (const auto& rock : rocks)
    out += fmt::format("{}\t{}\tinstalled\t{}\n", rock.name, rock.version, rock.rocks_dir);
  return out;
}

std::string show_text(const stage::InstalledRock& rock) {
  std::string out = fmt::format("\n{} {} - {}\n\n", rock.name, rock.version, rock.summary);
  const auto lines = detailed_lines(rock.detailed);
  if (!rock.detailed.empty()) {
    for (const auto& line : lines)
      out += line + "\n";
    out += "\n";
  }
  if (!rock.license.empty()) out += fmt::format("License:      \t{}\n", rock.license);
  if (!rock.homepage.empty()) out += fmt::format("Homepage:     \t{}\n", rock.homepage);
  if (!rock.issues_url.empty()) out += fmt::format("Issues:       \t{}\n", rock.issues_url);
  out += fmt::format("Installed in: \t{}\n", location(rock));
  out += section("Commands", rock.commands, as_is);
  out += section("Modules", rock.modules, as_is);
  out += section("Depends on", rock.dependencies, using_version);
  out += section("Indirectly pulling", rock.indirect_dependencies, using_version);
  return text::escape_for_terminal(out + "\n");
}

std::string show_porcelain(const stage::InstalledRock& rock) {
  std::string out =
      fmt::format("package\t{}\nversion\t{}\nsummary\t{}\n", rock.name, rock.version, rock.summary);
  if (!rock.detailed.empty())
    for (const auto& line : detailed_lines(rock.detailed))
      out += fmt::format("detailed\t{}\n", line);
  if (!rock.license.empty()) out += fmt::format("license\t{}\n", rock.license);
  if (!rock.homepage.empty()) out += fmt::format("homepage\t{}\n", rock.homepage);
  if (!rock.issues_url.empty()) out += fmt::format("issues\t{}\n", rock.issues_url);
  out += fmt::format("location\t{}\n", location(rock));
  for (const auto& [name, file] : rock.commands)
    out += fmt::format("command\t{}\t{}\n", name, file);
  for (const auto& [name, file] : rock.modules)
    out += fmt::format("module\t{}\t{}\n", name, file);
  for (const auto& [name, version] : rock.dependencies)
    out += fmt::format("dependency\t{}\t{}\n", name, using_version(version));
  for (const auto& [name, version] : rock.indirect_dependencies)
    out += fmt::format("indirect_dependency\t{}\t{}\n", name, using_version(version));
  return out;
}

nlohmann::json rock_data(const stage::InstalledRock& rock) {
  return {{"name", rock.name},
          {"version", rock.version},
          {"lua_directory", rock.v},
          {"rocks_dir", rock.rocks_dir},
          {"summary", null_or(rock.summary)},
          {"detailed", null_or(rock.detailed)},
          {"license", null_or(rock.license)},
          {"homepage", null_or(rock.homepage)},
          {"issues_url", null_or(rock.issues_url)},
          {"modules", records(rock.modules, "module", "file")},
          {"commands", records(rock.commands, "command", "file")},
          {"dependencies", records(rock.dependencies, "dependency", "installed")},
          {"indirect_dependencies", records(rock.indirect_dependencies, "name", "installed")}};
}

nlohmann::json rocks_data(const std::vector<stage::InstalledRock>& rocks) {
  auto out = nlohmann::json::array();
  for (const auto& rock : rocks)
    out.push_back(rock_data(rock));
  return out;
}

}  // namespace rockstage::report
