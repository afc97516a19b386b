#include "report/doctor.hpp"

#include "base/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace rockstage::report {
namespace {

nlohmann::json null_or(const std::string& text) {
  return text.empty() ? nlohmann::json() : nlohmann::json(text);
}

/// "ok", or why it is not: a tool that is not here is another thing than one that is of no use.
const char* state(const ExaminedTool& tool) {
  if (tool.ok) return "ok";
  return tool.path.empty() ? "missing" : "not ok";
}

}  // namespace

std::string doctor_text(const std::vector<ExaminedTool>& tools) {
  std::size_t name = 0;
  std::size_t version = 0;
  for (const auto& tool : tools) {
    name = std::max(name, tool.name.size());
    version = std::max(version, tool.version.size());
  }
  std::string out;
  std::string hints;
  for (const auto& tool : tools) {
    out += fmt::format("{:<{}}  {:<7}  {:<{}}  {}",
                       tool.name,
                       name,
                       state(tool),
                       tool.version,
                       version,
                       tool.path);
    out.erase(out.find_last_not_of(' ') + 1);
    out += '\n';
    if (!tool.hint.empty())
      hints += fmt::format("{}: {}\n  for: {}\n", tool.name, tool.hint, tool.needed_for);
  }
  if (!hints.empty()) out += "\n" + hints;
  return text::escape_for_terminal(out);
}

nlohmann::json doctor_data(const std::vector<ExaminedTool>& tools) {
  auto list = nlohmann::json::array();
  for (const auto& tool : tools)
    list.push_back({{"name", tool.name},
                    {"path", null_or(tool.path)},
                    {"version", null_or(tool.version)},
                    {"ok", tool.ok},
                    {"needed_for", tool.needed_for},
                    {"hint", null_or(tool.hint)}});
  return {{"tools", std::move(list)}};
}

}  // namespace rockstage::report
