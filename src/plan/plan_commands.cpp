#include "plan/parts.hpp"

#include <fmt/format.h>

#include <map>

namespace rockstage::plan {
namespace {

std::string text_field(const lua::Table& table, std::string_view name, std::string fallback = {}) {
  const auto* value = table.find(name);
  return value != nullptr && value->string() != nullptr ? *value->string() : std::move(fallback);
}

bool flag_field(const lua::Table& table, std::string_view name) {
  const auto* value = table.find(name);
  return value == nullptr || value->boolean() == nullptr || *value->boolean();
}

/// A table of texts of `build`, its values filled in.
std::map<std::string, std::string> variables_field(const Context& context,
                                                   const Variant& variant,
                                                   const char* name) {
  std::map<std::string, std::string> out;
  const auto* value = context.inputs.spec->build.find(name);
  if (value == nullptr || value->table() == nullptr) return out;
  for (const auto& [key, content] : value->table()->fields) {
    const auto field = field_name(fmt::format("build.{}", name), key);
    if (content.string() != nullptr) out[key] = filled(context, variant, *content.string(), field);
    if (content.number() != nullptr) out[key] = fmt::format("{:.14g}", *content.number());
    if (content.boolean() != nullptr) out[key] = *content.boolean() ? "true" : "false";
  }
  return out;
}

std::string tool(const Variant& variant, const char* name, const char* fallback) {
  const auto found = variant.variables.find(name);
  return found == variant.variables.end() ? fallback : found->second;
}

void add_make_pass(const Context& context,
                   const char* own_variables,
                   const std::string& target,
                   Variant& variant) {
  auto values = variables_field(context, variant, "variables");
  for (const auto& [name, value] : variables_field(context, variant, own_variables))
    values[name] = value;
  values.try_emplace("CC", tool(variant, "CC", "gcc"));
  RunStep step;
  step.what = target.empty() ? "make" : fmt::format("make {}", target);
  step.argv = words(tool(variant, "MAKE", "make"));
  if (const auto makefile = text_field(context.inputs.spec->build, "makefile"); !makefile.empty()) {
    step.argv.insert(step.argv.end(), {"-f", makefile});
  }
  if (!target.empty()) step.argv.push_back(target);
  for (const auto& [name, value] : values)
    step.argv.push_back(name + "=" + value);
  variant.runs.push_back(std::move(step));
}

void add_make(const Context& context, Variant& variant) {
  const auto& build = context.inputs.spec->build;
  if (flag_field(build, "build_pass"))
    add_make_pass(context, "build_variables", text_field(build, "build_target"), variant);
  if (flag_field(build, "install_pass"))
    add_make_pass(
        context, "install_variables", text_field(build, "install_target", "install"), variant);
}

void add_cmake(const Context& context, Variant& variant) {
  const auto& build = context.inputs.spec->build;
  const auto cmake = words(tool(variant, "CMAKE", "cmake"));
  const auto add = [&](const char* what, std::vector<std::string> arguments) {
    RunStep step;
    step.what = what;
    step.argv = cmake;
    step.argv.insert(step.argv.end(), arguments.begin(), arguments.end());
    variant.runs.push_back(std::move(step));
  };
  std::vector<std::string> configure = {"-H.", "-Bbuild.luarocks", "-GUnix Makefiles"};
  for (const auto& [name, value] : variables_field(context, variant, "variables"))
    configure.push_back(fmt::format("-D{}={}", name, value));
  add("cmake", std::move(configure));
  if (flag_field(build, "build_pass"))
    add("cmake --build", {"--build", "build.luarocks", "--config", "Release"});
  if (flag_field(build, "install_pass"))
    add("cmake --target install",
        {"--build", "build.luarocks", "--target", "install", "--config", "Release"});
}

void add_shell(const Context& context, const char* name, Variant& variant) {
  const auto text = text_field(context.inputs.spec->build, name);
  if (text.empty()) return;
  RunStep step;
  step.what = fmt::format("build.{}", name);
  step.shell = filled(context, variant, text, step.what);
  step.environment = {{"CC", tool(variant, "CC", "gcc")}};
  variant.runs.push_back(std::move(step));
}

}  // namespace

Result<void> add_commands(const Context& context, Variant& variant) {
  const auto& type = context.inputs.spec->build_type;
  if (type == "make") add_make(context, variant);
  if (type == "cmake") add_cmake(context, variant);
  if (type == "command") {
    add_shell(context, "build_command", variant);
    add_shell(context, "install_command", variant);
  }
  return {};
}

}  // namespace rockstage::plan
