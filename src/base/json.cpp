#include "base/json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace rockstage {
namespace {

std::string place(std::string_view text, std::size_t byte) {
  const auto before = text.substr(0, byte == 0 ? 0 : byte - 1);
  const auto line = 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  const auto newline = before.rfind('\n');
  return fmt::format("line {}, column {}",
                     line,
                     before.size() - (newline == std::string_view::npos ? 0 : newline + 1) + 1);
}

}  // namespace

Result<nlohmann::json> parse_json(std::string_view text, std::size_t max_depth) {
  bool too_deep = false;
  const auto callback = [&](int depth, nlohmann::json::parse_event_t event, nlohmann::json&) {
    using Event = nlohmann::json::parse_event_t;
    // `depth` counts the levels around the one that starts.
    const bool starts = event == Event::object_start || event == Event::array_start;
    if (starts && static_cast<std::size_t>(depth) >= max_depth) too_deep = true;
    return !too_deep;
  };
  try {
    auto value = nlohmann::json::parse(text.begin(), text.end(), callback);
    if (too_deep)
      return fail(Errc::invalid_input,
                  fmt::format("JSON is nested deeper than {} levels", max_depth));
    return value;
  } catch (const nlohmann::json::parse_error& error) {
    return fail(Errc::invalid_input, fmt::format("bad JSON at {}", place(text, error.byte)));
  } catch (const nlohmann::json::exception& error) {
    return fail(Errc::invalid_input, fmt::format("bad JSON: {}", error.what()));
  }
}

std::string to_json_line(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace rockstage
