#include "source/git_fetch.hpp"

#include "base/text.hpp"
#include "project.hpp"

namespace rockstage::source {
namespace {

using Texts = std::vector<std::string>;

/// A repository with two commits on `trunk`, the first of them tagged.
struct Repository : Project {
  std::string first, second;

  Repository() {
    put("file", "one");
    git({"init", "--quiet", "--initial-branch=trunk", "."});
    first = commit();
    git({"tag", "plain"});
    git({"tag", "-a", "-m", "text", "v1.0"});
    put("file", "two");
    second = commit();
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

  std::string commit() {
    git({"add", "."});
    git({"commit", "--quiet", "-m", "m"});
    return git({"rev-parse", "HEAD"});
  }

  [[nodiscard]] std::string url() const { return "file://" + path(""); }

  std::string commit_of(const std::string& revision) {
    const auto found = resolve_commit({url(), revision}, io);
    if (!found) FAIL(found.error().message);
    return *found;
  }
};

Error refusal(const std::string& argument) {
  const auto parsed = parse_git_source(argument);
  REQUIRE_FALSE(parsed);
  return parsed.error();
}

}  // namespace

TEST_CASE("git fetch: what is a git URL, and what is none", "[source]") {
  const auto parsed = [](const std::string& argument) {
    const auto source = parse_git_source(argument);
    if (!source) FAIL(source.error().message);
    return *source ? (*source)->url + " " + (*source)->revision : std::string("none");
  };
  CHECK(parsed("https://example.org/x.git#abc") == "https://example.org/x.git abc");
  CHECK(parsed("git+https://example.org/x#v1.0") == "https://example.org/x v1.0");
  CHECK(parsed("git+ssh://git@example.org/x") == "ssh://git@example.org/x ");
  CHECK(parsed("git://example.org/x") == "git://example.org/x ");
  CHECK(parsed("./x") == "none");
  CHECK(parsed("x-1.0-1.rockspec") == "none");
  CHECK(parsed("dir#1") == "none");
}

TEST_CASE("git fetch: a URL of something else says what works", "[source]") {
  auto error = refusal("https://example.org/x-1.0.tar.gz");
  CHECK(error.code == Errc::unsupported);
  CHECK(contains(error.message, "an archive as SOURCE"));
  CHECK(contains(error.hint, "unpack it"));
  CHECK(refusal("https://example.org/x").code == Errc::unsupported);
  error = refusal("git+ext://sh -c 'touch x'");
  CHECK(error.code == Errc::usage);
  CHECK(contains(error.hint, "https://"));
  CHECK(contains(refusal("https://example.org/x.git#").message, "no commit behind '#'"));
  CHECK(contains(refusal("https://example.org/x.git#main:sub").hint, "root of the repository"));
}

TEST_CASE("git fetch: a branch, a tag and HEAD are pinned to their commits", "[source]") {
  Repository repository;
  CHECK(repository.commit_of("trunk") == repository.second);
  CHECK(repository.commit_of("refs/heads/trunk") == repository.second);
  CHECK(repository.commit_of("") == repository.second);
  CHECK(repository.commit_of("plain") == repository.first);
  // The commit, not the object of a tag that has a text.
  CHECK(repository.commit_of("v1.0") == repository.first);
  CHECK(repository.commit_of(repository.first) == repository.first);
}

TEST_CASE("git fetch: a revision and a repository that are not there are told", "[source]") {
  Repository repository;
  auto missing = resolve_commit({repository.url(), "trnk"}, repository.io);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Errc::not_found);
  CHECK(contains(missing.error().message, "did you mean 'trunk'?"));

  missing = resolve_commit({repository.url(), repository.first.substr(0, 8)}, repository.io);
  REQUIRE_FALSE(missing);
  CHECK(contains(missing.error().hint, "in full"));

  missing = resolve_commit({repository.url() + "/none", "trunk"}, repository.io);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Errc::network);
  CHECK(contains(missing.error().hint, "git ls-remote"));
}

TEST_CASE("git fetch: the files of the commit are checked out, whatever came later", "[source]") {
  Repository repository;
  const auto to = repository.path("") + "-clone";
  REQUIRE(fetch_commit(repository.url(), repository.first, to, repository.io));
  CHECK(test::get(to + "/file") == "one");
}

TEST_CASE("git fetch: a commit that the repository does not have is told", "[source]") {
  Repository repository;
  const auto to = repository.path("") + "-clone";
  const auto fetched = fetch_commit(repository.url(), std::string(40, '1'), to, repository.io);
  REQUIRE_FALSE(fetched);
  CHECK(fetched.error().code == Errc::not_found);
  CHECK(contains(fetched.error().message, "has no commit 1111"));
}

TEST_CASE("git fetch: without git, what to do is told", "[source]") {
  Project project;
  project.io.environment = sys::Environment({{"PATH", project.path("")}});
  const auto found = resolve_commit({"https://example.org/x.git", ""}, project.io);
  REQUIRE_FALSE(found);
  CHECK(found.error().code == Errc::not_found);
  CHECK(contains(found.error().hint, "install git"));
}

TEST_CASE("git fetch: a repository's name is the last part of its URL", "[source]") {
  CHECK(repository_name("https://example.org/a/kit.git") == "kit");
  CHECK(repository_name("https://example.org/a/kit") == "kit");
  CHECK(repository_name("https://example.org/..") == "source");
}

}  // namespace rockstage::source
