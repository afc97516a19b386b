#include "source/git.hpp"

#include "base/text.hpp"

namespace rockstage::source {
namespace {

/// What one git command prints, without its newline; empty when it fails.
std::string ask(const std::string& directory, std::vector<std::string> arguments, Io& io) {
  sys::Command command;
  command.argv = {"git", "--no-optional-locks", "-C", directory};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  command.env = io.environment;
  // A repository's own settings must not run programs here.
  command.env.set("GIT_CONFIG_COUNT", "1");
  command.env.set("GIT_CONFIG_KEY_0", "core.fsmonitor");
  command.env.set("GIT_CONFIG_VALUE_0", "false");
  for (const auto* name : {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"})
    command.env.unset(name);
  constexpr double kPatienceSeconds = 30;
  command.timeout_seconds = kPatienceSeconds;
  const auto result = io.processes.run(command);
  if (!result || !result->status.ok()) return {};
  return std::string(text::trim(result->out));
}

}  // namespace

GitFacts git_facts(const std::string& directory, Io& io) {
  GitFacts facts;
  if (sys::find_program("git", io.environment).empty()) return facts;
  facts.revision = ask(directory, {"rev-parse", "HEAD"}, io);
  if (facts.revision.empty()) return facts;
  facts.branch = ask(directory, {"rev-parse", "--abbrev-ref", "HEAD"}, io);
  facts.dirty = !ask(directory, {"status", "--porcelain", "--", "."}, io).empty();
  return facts;
}

}  // namespace rockstage::source
