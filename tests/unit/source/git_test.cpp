#include "source/git.hpp"

#include "project.hpp"

namespace rockstage::source {
namespace {

void git(Project& project, std::vector<std::string> arguments) {
  sys::Command command;
  command.argv = {"git", "-C", project.path(""), "-c", "user.name=n", "-c", "user.email=e"};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  command.env = project.io.environment;
  const auto result = project.processes.run(command);
  REQUIRE(result);
  INFO(result->err);
  REQUIRE(result->status.ok());
}

TEST_CASE("git: revision, branch and dirt of a checkout", "[source]") {
  Project project;
  project.put("a");
  project.put("sub/b");
  git(project, {"init", "-q", "-b", "topic"});
  git(project, {"add", "."});
  git(project, {"commit", "-q", "-m", "m"});
  auto facts = git_facts(project.path(""), project.io);
  CHECK(facts.revision.size() == 40);
  CHECK(facts.branch == "topic");
  CHECK_FALSE(facts.dirty);

  project.put("a", "changed");
  CHECK(git_facts(project.path(""), project.io).dirty);
  CHECK_FALSE(git_facts(project.path("sub"), project.io).dirty);
  project.put("sub/new");
  CHECK(git_facts(project.path("sub"), project.io).dirty);
}

TEST_CASE("git: outside a checkout, before its first commit and without git there are no facts",
          "[source]") {
  Project project;
  CHECK(git_facts(project.path(""), project.io).revision.empty());
  git(project, {"init", "-q"});
  CHECK(git_facts(project.path(""), project.io).revision.empty());
  project.put(".git/HEAD", "nonsense");
  CHECK(git_facts(project.path(""), project.io).revision.empty());
  project.io.environment.set("PATH", project.path(""));
  const auto facts = git_facts(project.path(""), project.io);
  CHECK(facts.revision.empty());
  CHECK(facts.branch.empty());
  CHECK_FALSE(facts.dirty);
}

TEST_CASE("git: where git refuses to look, the rock is opened without its facts", "[source]") {
  Project project;
  project.put_rockspec("kit-1.0-1.rockspec");
  project.put("init.lua");
  project.put(
      "bin/git",
      "#!/bin/sh\necho \"fatal: detected dubious ownership in repository\" >&2\nexit 128\n");
  REQUIRE(sys::set_mode(project.path("bin/git"), 0755));
  project.io.environment.set("PATH", project.path("bin"));
  CHECK(project.must_open().git.revision.empty());
}

TEST_CASE("git: another checkout that the environment names is not asked", "[source]") {
  Project project;
  project.put("elsewhere/a");
  git(project, {"init", "-q", "elsewhere"});
  git(project, {"-C", "elsewhere", "commit", "-q", "--allow-empty", "-m", "m"});
  project.io.environment.set("GIT_DIR", project.path("elsewhere/.git"));
  CHECK(git_facts(project.path(""), project.io).revision.empty());
}

}  // namespace
}  // namespace rockstage::source
