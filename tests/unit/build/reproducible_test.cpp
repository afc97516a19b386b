#include "build/reproducible.hpp"

#include "bench.hpp"

using namespace rockstage;

namespace {

struct World : test::Bench {
  std::string elsewhere = home.path() + "/elsewhere";

  World() : Bench("builtin") {
    REQUIRE(sys::make_directories(elsewhere));
    source("probe.lua", "return 1");
    io.environment.set("HOME", home.path() + "/mine");
    io.environment.set("CARGO_HOME", home.path() + "/cargo");
    io.environment.set("SOURCE_DATE_EPOCH", "1700000000");
    test::put(home.path() + "/mine/.gitconfig", "mine");
    test::put(home.path() + "/cargo/registry/x", "crate");
  }

  build::SecondPlace second() {
    auto place = build::make_second_place({rock, options, "", ""}, elsewhere, io);
    if (!place) FAIL(place.error().message);
    return *std::move(place);
  }
};

}  // namespace

TEST_CASE("second place: other directories, the same content", "[build]") {
  World w;
  w.options.jobs = 3;
  w.options.manifest_path = w.sources + "/Cargo.toml";
  w.rock.rockspec_path = w.sources + "/probe-1.0-1.rockspec";
  std::string at;
  {
    const auto place = w.second();
    at = place.directory.path();
    CHECK(place.rock.directory.size() != w.sources.size());
    CHECK(test::get(place.rock.directory + "/probe.lua") == "return 1");
    CHECK(place.rock.rockspec_path == place.rock.directory + "/probe-1.0-1.rockspec");
    CHECK(place.options.manifest_path == place.rock.directory + "/Cargo.toml");
    CHECK(place.options.jobs == 4);
    CHECK(place.options.target_dir.starts_with(at));
    CHECK(place.options.cache_dir != w.options.cache_dir);

    const auto& environment = place.environment;
    for (const char* name : {"HOME", "CARGO_HOME", "TZ", "LC_ALL", "USER", "LOGNAME"})
      CHECK(environment.get(name) != w.io.environment.get(name));
    CHECK(environment.get("SOURCE_DATE_EPOCH") == "1700000000");
    CHECK(environment.get("PATH") == w.io.environment.get("PATH"));
    CHECK(test::get(*environment.get("HOME") + "/.gitconfig") == "mine");
    CHECK(test::get(*environment.get("CARGO_HOME") + "/registry/x") == "crate");
    CHECK(place.places.size() >= 3);
  }
  CHECK_FALSE(sys::exists(at));
  CHECK(test::get(w.home.path() + "/cargo/registry/x") == "crate");
}

TEST_CASE("second place: without a home there is an empty one", "[build]") {
  World w;
  w.io.environment.unset("HOME");
  w.io.environment.unset("CARGO_HOME");
  const auto place = w.second();
  CHECK(sys::is_directory(*place.environment.get("HOME")));
  CHECK(sys::list_directory(*place.environment.get("CARGO_HOME"))->empty());
}

TEST_CASE("second place: git's files are copies, its directories links", "[build]") {
  World w;
  test::put(w.sources + "/.git/HEAD", "ref: refs/heads/main\n");
  test::put(w.sources + "/.git/index", "index");
  test::put(w.sources + "/.git/index.lock", "");
  test::put(w.sources + "/.git/refs/heads/main", "abc\n");
  const auto place = w.second();
  const std::string git = place.rock.directory + "/.git";
  CHECK(test::get(git + "/HEAD") == "ref: refs/heads/main\n");
  CHECK(sys::status(git + "/index")->kind == sys::FileKind::file);
  CHECK(sys::status(git + "/refs")->kind == sys::FileKind::link);
  CHECK(test::get(git + "/refs/heads/main") == "abc\n");
  CHECK_FALSE(sys::exists(git + "/index.lock"));
}

TEST_CASE("second place: a .git file of a worktree leads to the same repository", "[build]") {
  World w;
  test::put(w.sources + "/.git", "gitdir: ../main/.git/worktrees/one\n");
  const auto place = w.second();
  CHECK(test::get(place.rock.directory + "/.git")
        == "gitdir: " + w.home.path() + "/main/.git/worktrees/one\n");
}

TEST_CASE("second place: commands run under another umask, and end as they do", "[build]") {
  test::Bench bench("builtin");
  build::OtherUmaskRunner runner(bench.processes);
  sys::Command command;
  command.argv = {"/bin/sh", "-c", "umask; exit 7"};
  command.env = bench.io.environment;
  const auto plain = bench.processes.run(command);
  const auto other = runner.run(command);
  REQUIRE(plain);
  REQUIRE(other);
  CHECK(plain->out != other->out);
  CHECK(other->status.code == 7);
}
