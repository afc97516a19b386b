#include "source/git.hpp"

#include "base/text.hpp"
#include "project.hpp"

namespace rockstage::source {
namespace {

using Texts = std::vector<std::string>;

/// A checkout with one commit on the branch `trunk`.
struct Checkout : Project {
  Checkout() {
    put("file", "x");
    put("sub/kept");
    git({"init", "--quiet", "--initial-branch=trunk", "."});
    commit();
  }

  std::string git(const Texts& arguments) {
    sys::Command command;
    command.argv = {"git", "-c", "user.name=n", "-c", "user.email=e@example.org"};
    command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
    command.cwd = path("");
    command.env = io.environment;
    const auto result = processes.run(command);
    if (!result || !result->status.ok()) FAIL("git " << arguments.front() << " failed");
    return std::string(text::trim(result->out));
  }

  void commit() {
    git({"add", "."});
    git({"commit", "--quiet", "-m", "m"});
  }

  GitFacts facts(const std::string& directory = "") { return git_facts(path(directory), io); }
};

TEST_CASE("git: revision and branch of a clean checkout", "[source]") {
  Checkout checkout;
  const auto facts = checkout.facts();
  CHECK(facts.revision == checkout.git({"rev-parse", "HEAD"}));
  CHECK(facts.revision.size() == 40);
  CHECK(facts.branch == "trunk");
  CHECK_FALSE(facts.dirty);
}

TEST_CASE("git: a detached head is on no branch", "[source]") {
  Checkout checkout;
  checkout.git({"checkout", "--quiet", "--detach"});
  CHECK(checkout.facts().revision.size() == 40);
  CHECK(checkout.facts().branch.empty());
}

TEST_CASE("git: a changed, an added and a removed file make it dirty, an ignored one does not",
          "[source]") {
  Checkout checkout;
  checkout.put(".git/info/exclude", "target/\n");
  checkout.put("target/x");
  CHECK_FALSE(checkout.facts().dirty);
  checkout.put("new");
  CHECK(checkout.facts().dirty);
  checkout.commit();
  checkout.put("file", "y");
  CHECK(checkout.facts().dirty);
  checkout.commit();
  REQUIRE(sys::remove_file(checkout.path("file")));
  CHECK(checkout.facts().dirty);
}

TEST_CASE("git: of a folder in a checkout only the folder's state counts", "[source]") {
  Checkout checkout;
  checkout.put("file", "changed");
  CHECK(checkout.facts("sub").branch == "trunk");
  CHECK_FALSE(checkout.facts("sub").dirty);
  checkout.put("sub/new");
  CHECK(checkout.facts("sub").dirty);
}

TEST_CASE("git: outside a checkout, before its first commit and in a broken one are no facts",
          "[source]") {
  Project project;
  const auto has_facts = [&project] {
    const auto facts = git_facts(project.path(""), project.io);
    return !facts.revision.empty() || !facts.branch.empty() || facts.dirty;
  };
  CHECK_FALSE(has_facts());
  project.put(".git", "gitdir: /no/such/place\n");
  CHECK_FALSE(has_facts());
  REQUIRE(sys::remove_file(project.path(".git")));
  sys::Command command;
  command.argv = {"git", "init", "--quiet", project.path("")};
  command.env = project.io.environment;
  REQUIRE(project.processes.run(command));
  CHECK_FALSE(has_facts());
}

TEST_CASE("git: without git there are no facts", "[source]") {
  Checkout checkout;
  checkout.io.environment.set("PATH", checkout.path(""));
  CHECK(checkout.facts().revision.empty());
}

TEST_CASE("git: where git refuses to look, the rock is opened without its facts", "[source]") {
  Project project;
  project.put_rockspec("kit-1.0-1.rockspec");
  project.put("init.lua");
  const auto bin = project.scratch.path() + "/bin";
  test::put(bin + "/git",
            "#!/bin/sh\necho 'fatal: detected dubious ownership in repository' >&2\nexit 128\n",
            0755);
  project.io.environment.set("PATH", bin);
  CHECK(project.must_open().git.revision.empty());
}

TEST_CASE("git: variables of another repository do not lead away from this one", "[source]") {
  Checkout checkout;
  Checkout other;
  other.put("file", "changed");
  checkout.io.environment.set("GIT_DIR", other.path(".git"));
  checkout.io.environment.set("GIT_WORK_TREE", other.path(""));
  CHECK_FALSE(checkout.facts().dirty);
}

TEST_CASE("git: programs that a repository's settings name are not run", "[source]") {
  Checkout checkout;
  const auto mark = checkout.scratch.path() + "/ran";
  const auto program = checkout.scratch.path() + "/program";
  test::put(program, "#!/bin/sh\necho x > '" + mark + "'\ncat\n", 0755);
  checkout.git({"config", "core.fsmonitor", program});
  checkout.git({"config", "core.pager", program});
  checkout.git({"config", "filter.bad.clean", program});
  checkout.git({"config", "filter.bad.process", program});
  checkout.put(".git/info/attributes", "* filter=bad\n");
  checkout.put("file", "z");  // the same size, so git has to look at the content
  checkout.facts();
  CHECK_FALSE(sys::exists(mark));
}

TEST_CASE("git: looking writes nothing into the repository", "[source]") {
  Checkout checkout;
  checkout.put("file", "x");  // same content, new time: git would like to refresh its index
  const auto before = sys::status(checkout.path(".git/index"));
  CHECK_FALSE(checkout.facts().dirty);
  CHECK(sys::status(checkout.path(".git/index"))->inode == before->inode);
}

TEST_CASE("git: open tells them of the rock's directory", "[source]") {
  Checkout checkout;
  checkout.put_rockspec("kit-1.0-1.rockspec");
  checkout.put("init.lua");
  const auto rock = checkout.must_open();
  CHECK(rock.git.revision.size() == 40);
  CHECK(rock.git.dirty);
}

}  // namespace
}  // namespace rockstage::source
