#include "source/git.hpp"

#include "base/text.hpp"
#include "world.hpp"

namespace rockstage::source {
namespace {

/// A repository with one commit on the branch `trunk`.
struct Repository : World {
  Repository() {
    put("file", "x");
    git({"init", "--quiet", "--initial-branch=trunk", "."});
    git({"add", "."});
    git({"-c", "user.name=n", "-c", "user.email=e@example.org", "commit", "--quiet", "-m", "one"});
  }

  std::string git(const Names& arguments) {
    sys::Command command;
    command.argv = {"git"};
    command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
    command.cwd = root;
    command.env = io.environment;
    const auto result = processes.run(command);
    if (!result || !result->status.ok()) FAIL("git " << arguments.front() << " failed");
    return std::string(text::trim(result->out));
  }

  GitFacts facts() { return git_facts(root, io); }
};

TEST_CASE("git: revision and branch of a clean checkout", "[source]") {
  Repository repository;
  const auto facts = repository.facts();
  CHECK(facts.revision == repository.git({"rev-parse", "HEAD"}));
  CHECK(facts.revision.size() == 40);
  CHECK(facts.branch == "trunk");
  CHECK_FALSE(facts.dirty);
}

TEST_CASE("git: a changed, an added and a removed file make it dirty", "[source]") {
  Repository changed;
  changed.put("file", "y");
  CHECK(changed.facts().dirty);
  Repository added;
  added.put("new");
  CHECK(added.facts().dirty);
  Repository removed;
  REQUIRE(sys::remove_file(removed.path("file")));
  CHECK(removed.facts().dirty);
}

TEST_CASE("git: what is ignored does not make it dirty", "[source]") {
  Repository repository;
  repository.put(".git/info/exclude", "target/\n");
  repository.put("target/x");
  CHECK_FALSE(repository.facts().dirty);
}

TEST_CASE("git: of a folder in a repository only the folder's state counts", "[source]") {
  Repository repository;
  repository.put("sub/kept");
  repository.git({"add", "."});
  repository.git(
      {"-c", "user.name=n", "-c", "user.email=e@example.org", "commit", "--quiet", "-m", "two"});
  repository.put("file", "changed");
  const auto facts = git_facts(repository.path("sub"), repository.io);
  CHECK(facts.branch == "trunk");
  CHECK_FALSE(facts.dirty);
}

TEST_CASE("git: a detached head is on no branch", "[source]") {
  Repository repository;
  repository.git({"checkout", "--quiet", "--detach"});
  const auto facts = repository.facts();
  CHECK(facts.revision.size() == 40);
  CHECK(facts.branch.empty());
}

TEST_CASE("git: a repository without a commit, and a folder that is none, have no facts",
          "[source]") {
  World world;
  CHECK(git_facts(world.root, world.io).revision.empty());
  sys::Command command;
  command.argv = {"git", "init", "--quiet", world.root};
  command.env = world.io.environment;
  REQUIRE(world.processes.run(command));
  const auto facts = git_facts(world.root, world.io);
  CHECK(facts.revision.empty());
  CHECK(facts.branch.empty());
  CHECK_FALSE(facts.dirty);
}

TEST_CASE("git: without git there are no facts", "[source]") {
  Repository repository;
  repository.io.environment.set("PATH", repository.root);
  CHECK(repository.facts().revision.empty());
}

TEST_CASE("git: variables of another repository do not lead away from this one", "[source]") {
  Repository repository;
  Repository other;
  other.put("file", "changed");
  repository.io.environment.set("GIT_DIR", other.path(".git"));
  repository.io.environment.set("GIT_WORK_TREE", other.root);
  CHECK_FALSE(repository.facts().dirty);
}

TEST_CASE("git: programs that a repository's settings name are not run", "[source]") {
  Repository repository;
  const auto mark = repository.scratch.path() + "/ran";
  const auto program = repository.scratch.path() + "/program";
  test::put(program, "#!/bin/sh\necho x > '" + mark + "'\ncat\n", 0755);
  repository.git({"config", "core.fsmonitor", program});
  repository.git({"config", "core.pager", program});
  repository.git({"config", "filter.bad.clean", program});
  repository.git({"config", "filter.bad.process", program});
  repository.put(".git/info/attributes", "* filter=bad\n");
  repository.put("file", "z");  // the same size, so git has to look at the content
  repository.facts();
  CHECK_FALSE(sys::exists(mark));
}

TEST_CASE("git: looking writes nothing into the repository", "[source]") {
  Repository repository;
  repository.put("file", "x");  // same content, new time: git would like to refresh its index
  const auto before = sys::status(repository.path(".git/index"));
  CHECK_FALSE(repository.facts().dirty);
  CHECK(sys::status(repository.path(".git/index"))->inode == before->inode);
}

TEST_CASE("git: open tells them of the rock's directory", "[source]") {
  Repository repository;
  repository.put_rockspec("kit", "1.0-1");
  const auto rock = repository.rock();
  CHECK(rock.git.revision.size() == 40);
  CHECK(rock.git.dirty);
}

}  // namespace
}  // namespace rockstage::source
