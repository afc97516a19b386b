#include "report/image_files.hpp"

#include "base/text.hpp"
#include "digest/digest.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace rockstage::report {

nlohmann::json image_files_data(const std::string& runtime, const std::vector<ImageFile>& files) {
  nlohmann::json data = {{"runtime", runtime}, {"files", nlohmann::json::array()}};
  for (const auto& file : files)
    data["files"].push_back({{"path", file.path},
                             {"bytes", file.text.size()},
                             {"sha256", digest::hex(digest::Algorithm::sha256, file.text)},
                             {"changed", file.changed}});
  return data;
}

std::string image_files_text(const std::vector<ImageFile>& files, FilesWere were) {
  const auto* changed = were == FilesWere::written ? "wrote" : "differs";
  std::string out;
  for (const auto& file : files)
    out += fmt::format(
        "{:<10}{}\n", file.changed ? changed : "unchanged", text::escape_for_terminal(file.path));
  return out;
}

}  // namespace rockstage::report
