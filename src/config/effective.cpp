#include "config/effective.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace rockstage::config {
namespace {

using Shape = OptionInfo::Shape;

/// Variables with our prefix that are no options: switches of the test suite, and what wrappers in
/// `bin` read.
constexpr std::array<std::string_view, 4> kOtherVariables = {
    "ROCKSTAGE_ACCEPT", "ROCKSTAGE_REQUIRE_ALL", "ROCKSTAGE_WRAPPER_LUA", "ROCKSTAGE_WRAPPER_TREE"};

Result<std::string> as_flag(const std::string& text, const std::string& source) {
  const auto lower = text::to_lower(text);
  constexpr std::array<std::string_view, 4> kYes = {"1", "true", "yes", "on"};
  constexpr std::array<std::string_view, 4> kNo = {"0", "false", "no", "off"};
  if (std::ranges::find(kYes, lower) != kYes.end()) return "true";
  if (std::ranges::find(kNo, lower) != kNo.end()) return "false";
  return fail(
      Errc::usage,
      fmt::format("{} is a switch: 1, true, yes, on, 0, false, no or off, not '{}'", source, text));
}

Result<std::vector<std::string>> from_text(const OptionInfo& option,
                                           const std::string& text,
                                           const std::string& source) {
  if (option.shape == Shape::single) return std::vector<std::string>{text};
  if (option.shape == Shape::flag) {
    RS_TRY_ASSIGN(auto value, as_flag(text, source));
    return std::vector<std::string>{std::move(value)};
  }
  std::vector<std::string> values;
  for (const auto& part : text::split(text, ','))
    if (const auto trimmed = text::trim(part); !trimmed.empty()) values.emplace_back(trimmed);
  return values;
}

/// The option's value in a file; nullopt when the file does not set it.
std::optional<Value> from_file(const OptionInfo& option, const ProjectFile* file, Origin origin) {
  if (file == nullptr || !option.from_files) return std::nullopt;
  const auto found = file->options.find(option.name);
  if (found == file->options.end()) return std::nullopt;
  const auto line = file->option_lines.find(option.name);
  return Value{
      found->second, origin, file->path, line == file->option_lines.end() ? 0 : line->second};
}

Result<Value> value_of(const OptionInfo& option, const Sources& sources) {
  if (const auto flag = sources.flags.find(option.name); flag != sources.flags.end())
    return Value{flag->second, Origin::flag, "--" + option.name, 0};
  if (sources.environment != nullptr) {
    const auto name = environment_name(option.name);
    if (const auto text = sources.environment->get_nonempty(name)) {
      RS_TRY_ASSIGN(auto values, from_text(option, *text, name));
      return Value{std::move(values), Origin::environment, name, 0};
    }
  }
  if (auto value = from_file(option, sources.project, Origin::project_file))
    return *std::move(value);
  if (auto value = from_file(option, sources.user, Origin::user_file)) return *std::move(value);
  return Value{option.fallback, Origin::fallback, {}, 0};
}

}  // namespace

std::string environment_name(const std::string& option) {
  std::string out = "ROCKSTAGE_";
  for (const char c : option)
    out += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return out;
}

std::vector<std::string> unknown_variables(const sys::Environment& environment,
                                           const std::vector<std::string>& options) {
  std::vector<std::string> out;
  for (const auto& [name, value] : environment.values()) {
    if (!name.starts_with("ROCKSTAGE_")
        || std::ranges::find(kOtherVariables, name) != kOtherVariables.end())
      continue;
    const bool known = std::ranges::any_of(
        options, [&name = name](const auto& option) { return environment_name(option) == name; });
    if (!known) out.push_back(name);
  }
  return out;
}

Result<std::map<std::string, Value>> effective(const std::vector<OptionInfo>& options,
                                               const Sources& sources) {
  std::map<std::string, Value> out;
  for (const auto& option : options) {
    RS_TRY_ASSIGN(out[option.name], value_of(option, sources));
  }
  return out;
}

}  // namespace rockstage::config
