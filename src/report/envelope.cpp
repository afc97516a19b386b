#include "report/envelope.hpp"

#include "base/json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace rockstage::report {
namespace {

const char* to_string(Level level) {
  switch (level) {
    case Level::note:
      return "note";
    case Level::warning:
      return "warning";
    case Level::error:
      return "error";
  }
  return "error";
}

nlohmann::json null_or(const std::string& text) {
  return text.empty() ? nlohmann::json() : nlohmann::json(text);
}

nlohmann::json to_json(const Diagnostic& item) {
  return {{"level", to_string(item.level)},
          {"message", item.message},
          {"hint", null_or(item.hint)},
          {"context", item.context},
          {"file", null_or(item.file)},
          {"line", item.line > 0 ? nlohmann::json(item.line) : nlohmann::json()}};
}

}  // namespace

std::string envelope(std::string_view command,
                     int exit,
                     const nlohmann::json& data,
                     const std::vector<Diagnostic>& diagnostics) {
  auto list = nlohmann::json::array();
  for (const auto& item : diagnostics)
    list.push_back(to_json(item));
  return to_json_line({{"schema", fmt::format("rockstage.{}/1", command)},
                       {"ok", exit == 0},
                       {"exit", exit},
                       {"data", data},
                       {"diagnostics", std::move(list)}})
         + "\n";
}

}  // namespace rockstage::report
