#include "plan/describe.hpp"

#include "base/json.hpp"
#include "base/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace rockstage::plan {
namespace {

std::string command_line(const std::vector<std::string>& argv) {
  std::vector<std::string> quoted;
  for (const auto& word : argv)
    quoted.push_back(text::shell_quote(word));
  return text::join(quoted, " ");
}

std::string cargo_line(const cargo::CompileStep& step) {
  auto argv = cargo::arguments(step);
  argv.insert(argv.begin(), step.cargo);
  return command_line(argv);
}

/// A rockspec's own text; lines of it stay apart from the plan's.
std::string indented(const std::string& shell) {
  return text::replace_all(shell, "\n", "\n    ");
}

std::string run_line(const RunStep& step) {
  return step.argv.empty() ? indented(step.shell) : command_line(step.argv);
}

std::string variant_text(const Variant& variant) {
  auto out = fmt::format(
      "\nfor {} on {}, into {}\n", lua::to_string(variant.lua), variant.target, variant.tree);
  if (variant.work_in_copy) out += "  copy the sources to {work}\n";
  if (variant.shim_cargo)
    out += "  put a cargo first on PATH that adds --locked and keeps its messages\n";
  for (const auto& step : variant.runs)
    out += fmt::format("  run {}\n    {}\n", step.what, run_line(step));
  for (const auto& step : variant.compiles) {
    out += fmt::format("  compile {} {} in {}\n    {}\n",
                       step.package,
                       step.package_version,
                       step.directory,
                       cargo_line(step));
    out += fmt::format("    rustflags: {}\n", command_line(step.rustflags));
    if (!step.rustflags_origins.empty())
      out += fmt::format("    of these the user's own come from {}\n",
                         text::join(step.rustflags_origins, ", "));
    for (const auto& [name, value] : step.environment)
      out += fmt::format("    {}={}\n", name, value);
  }
  for (const auto& step : variant.libraries)
    out += fmt::format("  stage the library {} as {}\n", step.library, step.to);
  for (const auto& step : variant.copies)
    out += fmt::format("  copy {} to {} ({})\n",
                       step.from,
                       step.to.empty() ? "{rock}" : step.to,
                       step.is_directory ? "directory" : fmt::format("{:04o}", step.mode));
  if (!variant.post_install.empty())
    out += fmt::format("  run the hook post_install\n    {}\n", indented(variant.post_install));
  return out;
}

nlohmann::json null_or(const std::string& text) {
  return text.empty() ? nlohmann::json() : nlohmann::json(text);
}

nlohmann::json compile_data(const cargo::CompileStep& step) {
  auto argv = cargo::arguments(step);
  argv.insert(argv.begin(), step.cargo);
  return {{"package", step.package},
          {"version", step.package_version},
          {"directory", step.directory},
          {"argv", argv},
          {"profile", step.profile},
          {"features", step.features},
          {"default_features", step.default_features},
          {"rustflags", step.rustflags},
          {"rustflags_origins", step.rustflags_origins},
          {"environment", step.environment},
          {"target_dir", step.target_dir},
          {"locked", step.locked}};
}

nlohmann::json variant_data(const Variant& variant) {
  nlohmann::json out = {{"lua", lua::to_string(variant.lua)},
                        {"target", variant.target},
                        {"tree", variant.tree},
                        {"work_in_copy", variant.work_in_copy},
                        {"compiles", nlohmann::json::array()},
                        {"runs", nlohmann::json::array()},
                        {"libraries", nlohmann::json::array()},
                        {"copies", nlohmann::json::array()},
                        {"post_install", null_or(variant.post_install)}};
  for (const auto& step : variant.compiles)
    out["compiles"].push_back(compile_data(step));
  for (const auto& step : variant.runs)
    out["runs"].push_back({{"what", step.what},
                           {"argv", step.argv},
                           {"shell", null_or(step.shell)},
                           {"environment", step.environment}});
  for (const auto& step : variant.libraries)
    out["libraries"].push_back(
        {{"module", step.module}, {"library", step.library}, {"to", step.to}});
  for (const auto& step : variant.copies)
    out["copies"].push_back({{"from", step.from},
                             {"to", step.to},
                             {"mode", fmt::format("{:04o}", step.mode)},
                             {"directory", step.is_directory},
                             {"field", step.field}});
  return out;
}

}  // namespace

std::string to_text(const Plan& plan) {
  auto out =
      fmt::format("{} {} ({}) from {}\n", plan.name, plan.version, plan.build_type, plan.source);
  for (const auto& [tool, version] : plan.toolchain)
    out += fmt::format("{}: {}\n", tool, version);
  if (!plan.toolchain_file.empty()) out += fmt::format("toolchain file: {}\n", plan.toolchain_file);
  for (const auto& file : plan.config_files)
    out += fmt::format("cargo configuration: {}\n", file);
  for (const auto& note : plan.notes)
    out += fmt::format("note: {}\n", note);
  for (const auto& variant : plan.variants)
    out += variant_text(variant);
  return text::escape_for_terminal(out);
}

std::string to_json(const Plan& plan) {
  auto variants = nlohmann::json::array();
  for (const auto& variant : plan.variants)
    variants.push_back(variant_data(variant));
  return to_json_line({{"name", plan.name},
                       {"version", plan.version},
                       {"build_type", plan.build_type},
                       {"source", plan.source},
                       {"toolchain", plan.toolchain},
                       {"toolchain_file", null_or(plan.toolchain_file)},
                       {"config_files", plan.config_files},
                       {"notes", plan.notes},
                       {"variants", std::move(variants)}});
}

}  // namespace rockstage::plan
