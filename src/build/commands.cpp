#include "build/commands.hpp"

#include "base/text.hpp"
#include "build/packages.hpp"
#include "cargo/failure.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <deque>

namespace rockstage::build {
namespace {

/// Hands a tool's output on to the person, and keeps its end.
class Listener {
 public:
  explicit Listener(Io& io) : io_(io) {}

  void line(std::string_view line) {
    constexpr std::size_t kKeptLines = 400;
    constexpr std::size_t kKeptOfLine = 4096;
    lines_.emplace_back(line.substr(0, kKeptOfLine));
    if (lines_.size() > kKeptLines) lines_.pop_front();
    if (line.starts_with(kCompiling)) {
      const std::string_view rest = line.substr(kCompiling.size());
      io_.progress.update(++crates_, 0, rest.substr(0, rest.find(' ')));
    } else {
      io_.progress.say(text::escape_for_terminal(line) + "\n");
    }
  }

  [[nodiscard]] std::string kept() const {
    std::string out;
    for (const std::string& line : lines_)
      out += line + "\n";
    return out;
  }

  /// For an error: the last lines that say anything, each indented.
  [[nodiscard]] std::string last_words() const {
    constexpr std::size_t kShown = 12;
    std::deque<std::string> shown;
    for (auto line = lines_.rbegin(); line != lines_.rend() && shown.size() < kShown; ++line) {
      if (!text::trim(*line).empty()) shown.push_front("\n  " + text::escape_for_terminal(*line));
    }
    std::string out;
    for (const std::string& line : shown)
      out += line;
    return out;
  }

 private:
  /// cargo's own line for each crate (cargo/core/shell.rs).
  static constexpr std::string_view kCompiling = "   Compiling ";

  Io& io_;
  std::deque<std::string> lines_;
  std::size_t crates_ = 0;
};

/// The text between `before` and `after` in `text`.
std::string between(std::string_view text, std::string_view before, std::string_view after) {
  const auto begin = text.find(before);
  if (begin == std::string_view::npos) return {};
  const auto from = begin + before.size();
  const auto end = text.find(after, from);
  return end == std::string_view::npos ? std::string() : std::string(text.substr(from, end - from));
}

/// The fix for what tools say most often when something is not installed.
std::string hint_for(const std::string& output) {
  constexpr std::string_view kNoHeader = ": No such file or directory";
  const std::string header = between(output, "fatal error: ", kNoHeader);
  if (!header.empty())
    return fmt::format("'{}': {}", text::escape_for_terminal(header), how_to_install(header));
  const std::string library = between(output, "cannot find -l", ":");
  if (!library.empty())
    return fmt::format(
        "the library '{}': {}", text::escape_for_terminal(library), how_to_install(library));
  // dash: "sh: 1: cargo: not found"
  if (output.find("cargo: not found") != std::string::npos
      || output.find("cargo: command not found") != std::string::npos)
    return "install Rust: https://rustup.rs, or Debian's cargo";
  return {};
}

Error step_failure(const plan::RunStep& step,
                   const sys::ExitStatus& status,
                   const Listener& listener) {
  const std::string output = listener.kept();
  Error error = {
      Errc::subprocess,
      fmt::format("{} failed ({}){}", step.what, to_string(status), listener.last_words()),
      hint_for(output),
      {}};
  if (const auto cause = cargo::explain_failure({}, output); cause && error.hint.empty())
    error.hint =
        fmt::format("{}{}{}", cause->message, cause->hint.empty() ? "" : ": ", cause->hint);
  return error;
}

/// Compilers make no directories for what they write.
Result<void> make_output_directories(const plan::RunStep& step, const Places& places) {
  for (const std::string& word : step.argv) {
    if (word.starts_with("{objects}/") || word.starts_with("{rock}/"))
      RS_TRY(sys::make_directories(sys::parent(fill(places, word))));
  }
  return {};
}

}  // namespace

sys::Environment tool_environment(const sys::Environment& base,
                                  const std::string& rockspec,
                                  const plan::BuildOptions& options) {
  sys::Environment environment = base;
  for (const char* name : {"CARGO_BUILD_TARGET", "CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR"}) {
    if (rockspec.find(name) == std::string::npos) environment.unset(name);
  }
  environment.set("CARGO_INCREMENTAL", "0");
  environment.set("CARGO_TERM_COLOR", "never");
  if (!environment.get("CARGO_PROFILE_RELEASE_STRIP"))
    environment.set("CARGO_PROFILE_RELEASE_STRIP", "symbols");
  if (options.offline) environment.set("CARGO_NET_OFFLINE", "true");
  if (options.jobs > 0) environment.set("CARGO_BUILD_JOBS", std::to_string(options.jobs));
  return environment;
}

Result<void> run_step(const plan::RunStep& step,
                      const Places& places,
                      const sys::Environment& environment,
                      Io& io) {
  RS_TRY(make_output_directories(step, places));
  sys::Command command;
  for (const std::string& word : step.argv)
    command.argv.push_back(fill(places, word));
  // A rockspec's own shell text, as LuaRocks runs it: the one place where a shell is used.
  if (command.argv.empty()) command.argv = {"/bin/sh", "-c", fill(places, step.shell)};
  command.cwd = places.work;
  command.env = environment;
  for (const auto& [name, value] : step.environment)
    command.env.set(name, fill(places, value));
  Listener listener(io);
  command.on_stdout_line = [&](std::string_view line) { listener.line(line); };
  command.on_stderr_line = command.on_stdout_line;

  io.progress.step(step.what);
  const auto result = io.processes.run(command);
  if (!result && result.error().code == Errc::not_found)
    return fail(Errc::not_found,
                fmt::format("{} needs '{}', which is not here", step.what, command.argv.front()),
                how_to_install(sys::base_name(command.argv.front())));
  if (!result) return tl::unexpected<Error>(result.error());
  if (!result->status.ok())
    return tl::unexpected<Error>(step_failure(step, result->status, listener));
  return {};
}

}  // namespace rockstage::build
