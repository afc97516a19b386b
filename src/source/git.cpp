#include "source/git.hpp"

#include "base/text.hpp"

namespace rockstage::source {
namespace {

/// Settings that are given to git through its environment.
using Settings = std::vector<std::pair<std::string, std::string>>;

/// What one git command prints, without its newline; empty when it fails.
std::string ask(const std::string& directory,
                const std::vector<std::string>& arguments,
                const Settings& settings,
                Io& io) {
  sys::Command command;
  command.argv = {"git", "--no-optional-locks", "-C", directory};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  command.env = io.environment;
  command.env.set("GIT_CONFIG_COUNT", std::to_string(settings.size()));
  for (std::size_t i = 0; i < settings.size(); ++i) {
    command.env.set("GIT_CONFIG_KEY_" + std::to_string(i), settings[i].first);
    command.env.set("GIT_CONFIG_VALUE_" + std::to_string(i), settings[i].second);
  }
  for (const auto* name : {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"})
    command.env.unset(name);
  constexpr double kPatienceSeconds = 30;
  command.timeout_seconds = kPatienceSeconds;
  const auto result = io.processes.run(command);
  if (!result || !result->status.ok()) return {};
  return std::string(text::trim(result->out));
}

/// A repository's own settings must not run programs here: its file system monitor and its filters
/// are switched off. Those that the user has set for all repositories stay.
Settings harmless(const std::string& directory, Io& io) {
  Settings settings = {{"core.fsmonitor", "false"}};
  const auto filters = ask(directory,
                           {"config",
                            "--includes",
                            "--show-scope",
                            "--name-only",
                            "--get-regexp",
                            R"(^filter\..*\.(clean|process|required)$)"},
                           settings,
                           io);
  for (const auto& line : text::split(filters, '\n')) {
    const auto tab = line.find('\t');
    const auto scope = line.substr(0, tab);
    if (tab == std::string::npos || (scope != "local" && scope != "worktree")) continue;
    auto name = line.substr(tab + 1);
    auto value = name.ends_with(".required") ? "false" : "";
    settings.emplace_back(std::move(name), value);
  }
  return settings;
}

}  // namespace

GitFacts git_facts(const std::string& directory, Io& io) {
  GitFacts facts;
  if (sys::find_program("git", io.environment).empty()) return facts;
  facts.revision = ask(directory, {"rev-parse", "HEAD"}, {}, io);
  if (facts.revision.empty()) return facts;
  facts.branch = ask(directory, {"symbolic-ref", "--quiet", "--short", "HEAD"}, {}, io);
  const auto settings = harmless(directory, io);
  facts.dirty = !ask(directory, {"status", "--porcelain", "--", "."}, settings, io).empty();
  return facts;
}

}  // namespace rockstage::source
