#include "cargo/compile.hpp"

#include "base/text.hpp"
#include "cargo/failure.hpp"
#include "cargo/inspect.hpp"
#include "cargo/mirror.hpp"
#include "cargo/query.hpp"
#include "cargo/workspace.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace rockstage::cargo {
namespace {

constexpr std::size_t kKeptOutput = std::size_t{64} << 10;
constexpr std::string_view kRemap = "--remap-path-prefix=";

/// cargo's own report lines: the verb is right-aligned in twelve columns (cargo/core/shell.rs).
struct StatusLine {
  std::string verb, rest;
};

std::optional<StatusLine> status_line(std::string_view line) {
  constexpr std::size_t kColumn = 12;
  static constexpr std::array<std::string_view, 15> kVerbs = {"Compiling",
                                                              "Downloaded",
                                                              "Downloading",
                                                              "Updating",
                                                              "Locking",
                                                              "Finished",
                                                              "Fresh",
                                                              "Blocking",
                                                              "Adding",
                                                              "Building",
                                                              "Checking",
                                                              "Dirty",
                                                              "Removing",
                                                              "Running",
                                                              "Unpacking"};
  if (line.size() <= kColumn || line[kColumn] != ' ') return std::nullopt;
  const std::string_view verb = text::trim(line.substr(0, kColumn));
  if (std::find(kVerbs.begin(), kVerbs.end(), verb) == kVerbs.end()) return std::nullopt;
  return StatusLine{std::string(verb), std::string(text::trim(line.substr(kColumn)))};
}

/// What a person sees of a running cargo.
class Narrator {
 public:
  Narrator(const CompileStep& step, Io& io) : total_(step.crates), io_(io) {}

  void on_stdout(std::string_view line) {
    if (!reader_.line(line)) return say(line);
    update(reader_.last_crate());
  }

  void on_stderr(std::string_view line) {
    keep(line);
    const auto status = status_line(line);
    if (!status) return say(line);
    if (status->verb == "Compiling") update(status->rest.substr(0, status->rest.find(' ')));
    if (status->verb == "Blocking") update(status->rest);
    if (status->verb.starts_with("Download") || status->verb == "Updating")
      update(text::to_lower(status->verb) + " " + status->rest);
  }

  [[nodiscard]] const MessageReader& reader() const { return reader_; }

  /// The end of cargo's standard error.
  [[nodiscard]] const std::string& kept() const { return kept_; }

 private:
  void say(std::string_view line) { io_.progress.say(text::escape_for_terminal(line) + "\n"); }

  void update(const std::string& item) {
    const std::size_t done = reader_.crates_done();
    io_.progress.update(
        done, total_ == 0 ? 0 : std::max(total_, done), text::escape_for_terminal(item));
  }

  void keep(std::string_view line) {
    kept_.append(line).push_back('\n');
    if (kept_.size() > 2 * kKeptOutput) kept_.erase(0, kept_.size() - kKeptOutput);
  }

  std::size_t total_;
  Io& io_;
  MessageReader reader_;
  std::string kept_;
};

std::map<std::string, std::string> own_variables(const CompileStep& step) {
  std::map<std::string, std::string> set = step.environment;
  set["CARGO_ENCODED_RUSTFLAGS"] = text::join(step.rustflags, "\x1f");
  // A configured build directory may lie in the checkout.
  set["CARGO_BUILD_BUILD_DIR"] = step.target_dir;
  return set;
}

Error build_failure(const CompileStep& step,
                    const sys::ExitStatus& status,
                    const std::string& output) {
  if (status.signal != 0)
    return {
        Errc::subprocess,
        fmt::format("cargo was ended while it built '{}': {}", step.package, to_string(status)),
        status.signal == 9 ? "most likely for lack of memory: fewer jobs at once, --jobs 1" : "",
        {}};
  if (auto error = explain_failure({step.package, step.target}, output)) return *error;
  const std::string said = text::escape_for_terminal(first_error(output));
  return {Errc::subprocess,
          fmt::format("cargo could not build '{}' ({}){}",
                      step.package,
                      to_string(status),
                      said.empty() ? "" : ": " + said),
          "the messages above are cargo's",
          {}};
}

/// The build's result from what cargo named in this run, of the package asked for.
Result<CompileOutcome> outcome_of(const CompileStep& step, const MessageReader& reader) {
  CompileOutcome outcome;
  for (const Artifact& artifact : reader.cdylibs()) {
    if (artifact.package_id != step.package_id) continue;
    if (!sys::is_file(artifact.file))
      return fail(
          Errc::subprocess,
          fmt::format("cargo names '{}' as built, but there is no such file", artifact.file),
          "does another process clean the target directory?");
    outcome.cdylibs.push_back(artifact);
  }
  if (outcome.cdylibs.empty())
    return fail(Errc::invalid_input,
                fmt::format("the crate '{}' builds no cdylib", step.package),
                "add crate-type = [\"cdylib\"] to [lib] of its Cargo.toml");
  outcome.crates = reader.crates();
  outcome.linked_libraries = reader.linked_libraries();
  return outcome;
}

Result<CompileOutcome> run_cargo(const CompileStep& step, Io& io) {
  Narrator narrator(step, io);
  sys::Command command;
  command.argv = arguments(step);
  command.argv.insert(command.argv.begin(), step.cargo);
  command.cwd = step.directory;
  command.env = child_environment(io.environment, own_variables(step));
  command.on_stdout_line = [&](std::string_view line) { narrator.on_stdout(line); };
  command.on_stderr_line = [&](std::string_view line) { narrator.on_stderr(line); };

  const double started = io.terminal.seconds();
  RS_TRY_ASSIGN(const auto result, io.processes.run(command));
  if (!result.status.ok())
    return tl::unexpected<Error>(build_failure(step, result.status, narrator.kept()));
  if (!narrator.reader().succeeded())
    return fail(Errc::subprocess,
                fmt::format("cargo ended well, but its messages do not say that '{}' was built",
                            step.package),
                "is the cargo on PATH a wrapper that changes its output?");
  RS_TRY_ASSIGN(auto outcome, outcome_of(step, narrator.reader()));
  outcome.seconds = io.terminal.seconds() - started;
  return outcome;
}

/// Paths below the mirror get the names that they have outside it.
std::vector<std::string> mirrored_flags(std::vector<std::string> flags,
                                        const std::string& mirror_root) {
  std::vector<std::string> more;
  for (const std::string& flag : flags) {
    if (flag.starts_with(kRemap))
      more.push_back(fmt::format("{}{}{}", kRemap, mirror_root, flag.substr(kRemap.size())));
  }
  flags.insert(flags.end(), more.begin(), more.end());
  return flags;
}

/// Package ids hold the path, encoded: what precedes the real path in the mirror's id is the
/// mirror's root.
void restore_id(std::string& id, const std::string& mirror_part) {
  const auto at = mirror_part.empty() ? std::string::npos : id.find("file://" + mirror_part);
  if (at != std::string::npos) id.erase(at + 7, mirror_part.size());
}

std::string mirror_part(const std::string& mirrored_id, const std::string& id) {
  const auto at = id.find("file://");
  if (at == std::string::npos) return {};
  const std::string rest = id.substr(at + 7);
  if (!mirrored_id.ends_with(rest) || mirrored_id.size() < id.size()) return {};
  return mirrored_id.substr(at + 7, mirrored_id.size() - id.size());
}

Result<CompileOutcome> run_in_mirror(const CompileStep& step, Io& io) {
  MirrorRequest request;
  request.workspace_root = step.workspace_root;
  request.cargo_home =
      child_environment(io.environment, step.environment)
          .get_nonempty("CARGO_HOME")
          .value_or(sys::join(io.environment.get_nonempty("HOME").value_or("/"), ".cargo"));
  request.target_dir = step.target_dir;
  request.mirror_root = sys::join(step.target_dir, "rockstage-mirror");
  RS_TRY_ASSIGN(const auto original, workspace_metadata(step.cargo, step.manifest_path, io));
  RS_TRY_ASSIGN(request.outside_path_dependencies,
                outside_path_dependencies(step.cargo, original, io));
  RS_TRY(mirror_workspace(request));

  CompileStep inside = step;
  inside.directory = request.mirror_root + step.directory;
  inside.manifest_path = request.mirror_root + step.manifest_path;
  inside.rustflags = mirrored_flags(step.rustflags, request.mirror_root);
  RS_TRY_ASSIGN(const auto metadata, workspace_metadata(step.cargo, inside.manifest_path, io));
  RS_TRY_ASSIGN(
      const auto* package,
      choose_package(metadata, inside.manifest_path, step.package + "@" + step.package_version));
  inside.package_id = package->id;
  RS_TRY_ASSIGN(auto outcome, run_cargo(inside, io));

  const std::string part = mirror_part(inside.package_id, step.package_id);
  for (Artifact& artifact : outcome.cdylibs)
    restore_id(artifact.package_id, part);
  for (CompiledCrate& crate : outcome.crates)
    restore_id(crate.package_id, part);
  std::sort(
      outcome.crates.begin(),
      outcome.crates.end(),
      [](const CompiledCrate& a, const CompiledCrate& b) { return a.package_id < b.package_id; });
  return outcome;
}

}  // namespace

std::vector<std::string> arguments(const CompileStep& step) {
  std::vector<std::string> result = {"rustc", "--manifest-path", step.manifest_path};
  const auto add = [&](std::initializer_list<std::string> more) {
    result.insert(result.end(), more);
  };
  // With its version: a dependency may have the same name.
  add({"--package",
       step.package_version.empty() ? step.package : step.package + "@" + step.package_version});
  add({"--lib", "--crate-type", "cdylib", "--profile", step.profile, "--target", step.target});
  add({"--target-dir", step.target_dir});
  for (const auto& [key, value] : step.profile_values)
    add({"--config", fmt::format("profile.{}.{}={}", step.profile, key, value)});
  if (step.all_features) add({"--all-features"});
  if (!step.default_features) add({"--no-default-features"});
  if (!step.features.empty()) add({"--features", text::join(step.features, ",")});
  if (step.locked && !step.lock_missing) add({"--locked"});
  if (step.offline) add({"--offline"});
  if (step.jobs > 0) add({"--jobs", std::to_string(step.jobs)});
  add({"--message-format", "json-render-diagnostics"});
  return result;
}

Result<CompileOutcome> compile(const CompileStep& step, Io& io, Diagnostics& diagnostics) {
  if (!step.lock_missing) return run_cargo(step, io);
  diagnostics.note(fmt::format("'{}' has no Cargo.lock: built in a copy, where cargo may write one",
                               step.workspace_root));
  return run_in_mirror(step, io);
}

}  // namespace rockstage::cargo
