#include "cargo/compile.hpp"

#include "base/text.hpp"
#include "cargo/failure.hpp"
#include "cargo/mirrored_step.hpp"
#include "cargo/query.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace rockstage::cargo {
namespace {

constexpr std::size_t kKeptOutput = std::size_t{64} << 10;

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

/// A target that is a file (`x.json`) is known by its stem.
std::string target_root(const CompileStep& step) {
  const std::string name = sys::base_name(step.target);
  const bool is_file = name.ends_with(".json");
  return sys::join(step.target_dir, is_file ? name.substr(0, name.size() - 5) : name);
}

/// What a person sees of a running cargo.
class Narrator {
 public:
  Narrator(const CompileStep& step, Io& io)
      : total_(step.crates), io_(io), reader_(target_root(step)) {}

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

Result<CompileOutcome> run_in_mirror(const CompileStep& step, Io& io) {
  RS_TRY_ASSIGN(const auto mirrored, mirror_step(step, io));
  RS_TRY_ASSIGN(auto outcome, run_cargo(mirrored.step, io));
  for (Artifact& artifact : outcome.cdylibs)
    artifact.package_id = mirrored.original_id(artifact.package_id);
  for (CompiledCrate& crate : outcome.crates)
    crate.package_id = mirrored.original_id(crate.package_id);
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
  // For the last rustc alone: as a flag of all crates it would compile them all anew.
  if (!step.link_object.empty())
    add({"--", "-C", "link-arg=" + step.link_object, "-C", "link-arg=-u" + step.link_symbol});
  return result;
}

Result<CompileOutcome> compile(const CompileStep& step, Io& io, Diagnostics& diagnostics) {
  if (!step.lock_missing) return run_cargo(step, io);
  diagnostics.note(fmt::format("'{}' has no Cargo.lock: built in a copy, where cargo may write one",
                               step.workspace_root));
  return run_in_mirror(step, io);
}

}  // namespace rockstage::cargo
