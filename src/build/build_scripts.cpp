#include "build/build_scripts.hpp"

#include "build/metadata.hpp"
#include "cargo/json_fields.hpp"
#include "sys/files.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace rockstage::build {
namespace {

using nlohmann::json;

constexpr std::string_view kReason = "build-script-executed";
/// In ScriptDifference::output, before a file's name.
constexpr std::string_view kOutDir = "OUT_DIR/";

std::map<std::string, std::string> variables_of(const json& record) {
  std::map<std::string, std::string> out;
  for (const json& pair : cargo::array_at(record, "env")) {
    if (pair.is_array() && pair.size() == 2 && pair[0].is_string() && pair[1].is_string())
      out[pair[0].get<std::string>()] = pair[1].get<std::string>();
  }
  return out;
}

/// Runs of the same package (for other features, or for the host) in the order of their messages.
std::map<std::pair<std::string, int>, const ScriptRun*> by_package(
    const std::vector<ScriptRun>& runs) {
  std::map<std::string, int> seen;
  std::map<std::pair<std::string, int>, const ScriptRun*> out;
  for (const ScriptRun& run : runs)
    out.emplace(std::pair{run.package, seen[run.package]++}, &run);
  return out;
}

void compare_variables(const ScriptRun& first,
                       const ScriptRun& second,
                       const Surroundings& around,
                       std::vector<ScriptDifference>& out) {
  auto names = first.environment;
  names.insert(second.environment.begin(), second.environment.end());
  const auto value_in = [](const ScriptRun& run, const std::string& name) {
    const auto found = run.environment.find(name);
    return found == run.environment.end() ? std::string() : found->second;
  };
  for (const auto& [name, value] : names) {
    auto a = value_in(first, name);
    auto b = value_in(second, name);
    if (a == b) continue;
    Verdict verdict = judge(a, b, around);
    out.push_back({first.package, name, std::move(a), std::move(b), std::move(verdict)});
  }
}

Result<void> compare_outputs(const ScriptRun& first,
                             const ScriptRun& second,
                             const Surroundings& around,
                             std::vector<ScriptDifference>& out) {
  if (!sys::is_directory(first.out_dir) || !sys::is_directory(second.out_dir)) return {};
  RS_TRY_ASSIGN(const auto compared, compare_directories(first.out_dir, second.out_dir, around));
  for (const Difference& difference : compared.differences)
    out.push_back({first.package,
                   std::string(kOutDir) + difference.path,
                   {},
                   {},
                   {difference.cause, difference.what}});
  return {};
}

bool stands_in(const ScriptDifference& script, std::string_view first, std::string_view second) {
  constexpr std::size_t kShortest = 4;
  return script.first_value.size() >= kShortest && script.second_value.size() >= kShortest
         && first.find(script.first_value) != std::string_view::npos
         && second.find(script.second_value) != std::string_view::npos;
}

/// Not what a compiler or cmake leaves beside what it makes; nor a variable with a path, which many
/// scripts set, and which would stand in the file.
bool could_be_taken_in(const ScriptDifference& script) {
  const bool variable = !script.output.starts_with(kOutDir);
  if (variable) return script.verdict.cause != Cause::path;
  const std::string file = script.output.substr(kOutDir.size());
  return file.find('/') == std::string::npos || file.ends_with(".rs");
}

/// A cause that is not known can be any of theirs but a path: that would be seen.
bool fits(const ScriptDifference& script, Cause cause) {
  if (cause == Cause::path || cause == Cause::time) return script.verdict.cause == cause;
  return script.verdict.cause != Cause::path;
}

}  // namespace

void read_script_line(std::string_view line, std::vector<ScriptRun>& runs) {
  if (line.find(kReason) == std::string_view::npos) return;
  const json record = json::parse(line, nullptr, false);
  if (!record.is_object() || cargo::text_at(record, "reason") != kReason) return;
  const CrateName name = parse_package_id(cargo::text_at(record, "package_id"));
  ScriptRun run{
      name.name + " " + name.version, variables_of(record), cargo::text_at(record, "out_dir")};
  const auto same = std::ranges::find(runs, run.out_dir, &ScriptRun::out_dir);
  if (same != runs.end())
    *same = std::move(run);
  else
    runs.push_back(std::move(run));
}

Result<sys::ProcessResult> ScriptRecorder::run(const sys::Command& command) {
  if (!command.on_stdout_line) return runner_.run(command);
  sys::Command heard = command;
  heard.on_stdout_line = [&](std::string_view line) {
    read_script_line(line, runs_);
    command.on_stdout_line(line);
  };
  return runner_.run(heard);
}

Result<void> ScriptRecorder::read_kept(const std::string& scratch) {
  const std::string directory = sys::join(scratch, "messages");
  if (!sys::is_directory(directory)) return {};
  RS_TRY_ASSIGN(const auto names, sys::list_directory(directory));
  for (const std::string& name : names) {
    RS_TRY_ASSIGN(const auto kept, sys::read_file(sys::join(directory, name)));
    for (std::string_view rest = kept; !rest.empty();) {
      const auto end = std::min(rest.find('\n'), rest.size());
      read_script_line(rest.substr(0, end), runs_);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return {};
}

Result<std::vector<ScriptDifference>> compare_scripts(const std::vector<ScriptRun>& first,
                                                      const std::vector<ScriptRun>& second,
                                                      const Surroundings& around) {
  std::vector<ScriptDifference> out;
  const auto others = by_package(second);
  for (const auto& [key, run] : by_package(first)) {
    const auto other = others.find(key);
    if (other == others.end()) continue;
    compare_variables(*run, *other->second, around, out);
    RS_TRY(compare_outputs(*run, *other->second, around, out));
  }
  return out;
}

void name_build_script(Difference& difference,
                       std::string_view first,
                       std::string_view second,
                       const std::vector<ScriptDifference>& scripts) {
  auto found = std::ranges::find_if(
      scripts, [&](const ScriptDifference& script) { return stands_in(script, first, second); });
  if (found == scripts.end())
    found = std::ranges::find_if(scripts, [&](const ScriptDifference& script) {
      return could_be_taken_in(script) && fits(script, difference.cause);
    });
  if (found == scripts.end()) return;
  difference.build_script = found->package;
  difference.output = found->output;
  difference.cause = found->verdict.cause;
  difference.what = found->verdict.what;
}

}  // namespace rockstage::build
