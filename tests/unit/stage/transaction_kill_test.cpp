#include "sys/files.hpp"
#include "workshop.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <iostream>
#include <random>
#include <set>

// A process that is killed at any moment leaves the old tree or the new one. With ptrace the child
// is killed before each of its system calls that change files, one run for each call; where ptrace
// is denied, at random moments.
namespace rockstage::stage::test {
namespace {

constexpr std::size_t kNever = SIZE_MAX;

bool changes_files(const __ptrace_syscall_info& call) {
  static const std::set<std::uint64_t> kCalls = {
#ifdef SYS_open
      SYS_open,      SYS_creat,    SYS_mkdir,    SYS_rmdir,     SYS_rename,         SYS_link,
      SYS_unlink,    SYS_chmod,    SYS_symlink,
#endif
      SYS_openat,    SYS_mkdirat,  SYS_unlinkat, SYS_renameat,  SYS_renameat2,      SYS_linkat,
      SYS_symlinkat, SYS_fchmodat, SYS_fchmod,   SYS_write,     SYS_fsync,          SYS_syncfs,
      SYS_fchown,    SYS_fchownat, SYS_flock,    SYS_ftruncate, SYS_copy_file_range};
  if (!kCalls.contains(call.entry.nr)) return false;
  constexpr std::uint64_t kWrites = O_WRONLY | O_RDWR | O_CREAT;
  if (call.entry.nr == SYS_openat) return (call.entry.args[2] & kWrites) != 0;
#ifdef SYS_open
  if (call.entry.nr == SYS_open) return (call.entry.args[1] & kWrites) != 0;
#endif
  return true;
}

enum class End { finished, killed, trace_denied };

struct Run {
  End end = End::finished;
  int code = 0;
  std::size_t calls = 0;  ///< that change files, up to the end
};

pid_t start(const std::function<bool()>& work, bool traced) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  if (traced && (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0 || ::raise(SIGSTOP) != 0))
    ::_exit(99);
  ::_exit(work() ? 0 : 1);
}

Run kill_now(pid_t child, std::size_t calls) {
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  return {End::killed, 0, calls};
}

/// Runs `work` in a child that is killed before its `n`-th call (from 1) that changes files.
Run run_killed_before(std::size_t n, const std::function<bool()>& work) {
  const pid_t child = start(work, true);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (!WIFSTOPPED(status)) return {End::trace_denied, 0, 0};
  if (::ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL) != 0) {
    kill_now(child, 0);
    return {End::trace_denied, 0, 0};
  }
  std::size_t calls = 0;
  int deliver = 0;
  while (::ptrace(PTRACE_SYSCALL, child, nullptr, deliver) == 0) {
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status)) return {End::finished, WEXITSTATUS(status), calls};
    if (WIFSIGNALED(status)) break;
    const bool at_call = WSTOPSIG(status) == (SIGTRAP | 0x80);
    deliver = at_call ? 0 : WSTOPSIG(status);
    if (!at_call) continue;
    __ptrace_syscall_info call{};
    if (::ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof(call), &call) <= 0) {
      kill_now(child, calls);
      return {End::trace_denied, 0, 0};
    }
    if (call.op != PTRACE_SYSCALL_INFO_ENTRY || !changes_files(call)) continue;
    if (++calls == n) return kill_now(child, calls);
  }
  return {End::finished, 98, calls};
}

/// Runs `work` in a child that is killed after `microseconds`, if it is still there.
Run run_killed_after(unsigned microseconds, const std::function<bool()>& work) {
  const pid_t child = start(work, false);
  ::usleep(microseconds);
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFEXITED(status)) return {End::finished, WEXITSTATUS(status), 0};
  return {End::killed, 0, 0};
}

RockParts first_rock() {
  return {
      .name = "zed",
      .version = "1.0-1",
      .files = {{"lua/shared/mod.lua", "zed"}, {"lib/shared/c.so", "zed"}, {"bin/tool", "x = 1"}}};
}

RockParts second_rock() {
  return {
      .name = "abe",
      .version = "1.0-1",
      .files = {{"lua/shared/mod.lua", "abe"}, {"lib/abe/core.so", "abe"}, {"doc/LICENSE", "MIT"}}};
}

RockParts newer_rock() {
  return {
      .name = "zed",
      .version = "1.1-1",
      .files = {{"lua/shared/mod.lua", "new"}, {"lua/zed/more.lua", "new"}, {"bin/tool", "x = 2"}}};
}

/// Directories that lose all they had and get something else, a file for a directory, a directory
/// for a file.
RockParts turned_rock() {
  return {.name = "zed",
          .version = "1.1-1",
          .files = {{"lua/shared/mod/init.lua", "new"},
                    {"lua/shared/mod.lua/x.lua", ""},
                    {"lib/shared/d.so", "new"},
                    {"bin/tool/sub", "x = 2"}}};
}

/// A change of a tree, and the state that it starts from.
struct Scenario {
  std::string name;
  std::function<void(Workshop&)> prepare;
  std::function<bool(Workshop&)> change;
};

std::function<bool(Workshop&)> deploying(RockParts (*parts)()) {
  return [parts](Workshop& shop) { return shop.try_deploy(parts()).has_value(); };
}

bool remove_zed(Workshop& shop) {
  return stage::remove({shop.tree(), "zed", ""}, shop.io, shop.diagnostics).has_value();
}

void nothing(Workshop& /*shop*/) {}

void with_first(Workshop& shop) {
  shop.deploy(first_rock());
}

void with_both(Workshop& shop) {
  shop.deploy({first_rock(), second_rock()});
}

void beside_other_files(Workshop& shop) {
  put(shop.in_tree("etc/config.yaml"), "mine");
  shop.deploy(first_rock());
}

const std::vector<Scenario> kScenarios = {
    {"first creation", nothing, deploying(first_rock)},
    {"a second rock takes a module over", with_first, deploying(second_rock)},
    {"a newer version replaces", with_first, deploying(newer_rock)},
    {"removal gives a module back", with_both, remove_zed},
    {"journal: a newer version replaces", beside_other_files, deploying(newer_rock)},
    {"journal: directories and files change places", beside_other_files, deploying(turned_rock)},
    {"journal: removal", beside_other_files, remove_zed},
};

/// The states that a killed change may leave.
struct States {
  std::string before, after;
  std::size_t calls = 0;
};

States states_of(const Scenario& scenario) {
  Workshop shop;
  scenario.prepare(shop);
  States out;
  out.before = snapshot(shop.tree());
  const auto run = run_killed_before(kNever, [&] { return scenario.change(shop); });
  if (run.end == End::trace_denied) REQUIRE(scenario.change(shop));
  REQUIRE(run.code == 0);
  out.calls = run.calls;
  out.after = snapshot(shop.tree());
  REQUIRE(out.before != out.after);
  return out;
}

/// The tree after what the next command makes of it is old or new, and a whole change goes through.
void check_survivor(const Scenario& scenario,
                    const States& states,
                    Workshop& shop,
                    const Run& run) {
  const bool by_journal = scenario.name.starts_with("journal");
  if (!by_journal) {
    const auto found = snapshot(shop.tree());
    // LuaRocks' lock is held around the commit and goes with the next change.
    const auto at_commit = [&found](const std::string& whole) {
      const auto line = found.find("lockfile.lfs ");
      if (line == std::string::npos) return found == whole;
      auto without = found;
      without.erase(line, found.find('\n', line) + 1 - line);
      return without == whole;
    };
    CHECK((at_commit(states.before) || at_commit(states.after)));
  }
  // The next command that changes the tree, and takes its own change back.
  if (!states.before.empty()) {
    shop.deploy({.name = "probe", .version = "1.0-1", .files = {{"lua/probe.lua", ""}}});
    shop.remove("probe");
    const auto recovered = snapshot(shop.tree());
    CHECK((recovered == states.before || recovered == states.after));
    if (run.end == End::finished) CHECK(recovered == states.after);
    CHECK(leftovers(shop.tree()).empty());
  }
  if (snapshot(shop.tree()) == states.after) return;
  CHECK(scenario.change(shop));
  CHECK(snapshot(shop.tree()) == states.after);
  CHECK(leftovers(shop.tree()).empty());
}

/// Returns how many processes were killed: at each call, or evenly spread where there are many.
std::size_t kill_everywhere(const Scenario& scenario, const States& states) {
  constexpr std::size_t kAtMost = 80;
  const auto step = states.calls / kAtMost + 1;
  std::size_t killed = 0;
  for (std::size_t n = 1; n <= states.calls; n += step) {
    Workshop shop;
    scenario.prepare(shop);
    const auto run = run_killed_before(n, [&] { return scenario.change(shop); });
    INFO(scenario.name << ", killed before call " << n << " of " << states.calls);
    check_survivor(scenario, states, shop, run);
    killed += run.end == End::killed ? 1U : 0U;
  }
  return killed;
}

std::size_t kill_at_random(const Scenario& scenario, const States& states, std::size_t wanted) {
  std::mt19937 random(20'240'229);  // the same moments in every run
  std::uniform_int_distribution<unsigned> moment(0, 20'000);
  std::size_t killed = 0;
  for (std::size_t i = 0; killed < wanted && i < wanted * 5; ++i) {
    Workshop shop;
    scenario.prepare(shop);
    const auto after = moment(random);
    const auto run = run_killed_after(after, [&] { return scenario.change(shop); });
    INFO(scenario.name << ", killed after " << after << " us");
    check_survivor(scenario, states, shop, run);
    killed += run.end == End::killed ? 1U : 0U;
  }
  return killed;
}

}  // namespace

TEST_CASE("stage: a change killed at any of 200 moments leaves the old tree or the new one",
          "[stage][kill]") {
  constexpr std::size_t kWanted = 200;
  const bool traced = run_killed_before(kNever, [] { return true; }).end != End::trace_denied;
  if (!traced) WARN("ptrace is denied: killed at random moments");
  std::size_t killed = 0;
  for (const auto& scenario : kScenarios) {
    const auto states = states_of(scenario);
    killed += traced ? kill_everywhere(scenario, states)
                     : kill_at_random(scenario, states, kWanted / kScenarios.size() + 1);
  }
  std::cout << killed << " kill points, " << (traced ? "by ptrace" : "at random moments") << "\n";
  CHECK(killed >= kWanted);
}

}  // namespace rockstage::stage::test
