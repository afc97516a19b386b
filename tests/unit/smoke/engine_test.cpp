#include "smoke/engine.hpp"

#include "support/support.hpp"
#include "sys/files.hpp"

#include <catch2/catch.hpp>

#include <sstream>

using namespace rockstage;
using smoke::Engine;

namespace {

/// Engines that are only names on the PATH; what they answer is in `runner`.
struct World {
  sys::TempDir bin = test::temp_dir();
  test::FakeProcessRunner runner;
  test::FakeTerminal terminal;
  sys::Progress progress{terminal, sys::ProgressMode::off};
  std::ostringstream out;
  Io io{runner, {}, terminal, progress, out};

  explicit World(const std::vector<std::string>& engines) {
    for (const auto& engine : engines)
      test::put(bin.path() + "/" + engine, "", 0755);
    io.environment.set("PATH", bin.path());
  }
};

sys::ProcessResult says(int code, std::string out, std::string err = {}) {
  return {{code, 0}, std::move(out), std::move(err), false};
}

}  // namespace

TEST_CASE("engine: each engine's record of an image gives its labels", "[smoke]") {
  const std::string labels = R"({"io.rockstage.modules":"a b","number":1})";
  const auto listed = smoke::read_labels("[{\"Config\":{\"Labels\":" + labels + "}}]");
  REQUIRE(listed);
  CHECK(*listed == std::map<std::string, std::string>{{"io.rockstage.modules", "a b"}});
  const auto buildah =
      smoke::read_labels(R"({"OCIv1":{"config":{"Labels":{"io.rockstage.modules":"c"}}}})");
  REQUIRE(buildah);
  CHECK(buildah->at("io.rockstage.modules") == "c");
}

TEST_CASE("engine: an image without labels has none, and what is no record is refused", "[smoke]") {
  for (const auto* text : {R"([{"Config":{"Labels":null}}])",
                           R"([{"Config":null}])",
                           R"([{"Config":[1]}])",
                           R"({"OCIv1":7})",
                           "{}"}) {
    const auto labels = smoke::read_labels(text);
    REQUIRE(labels);
    CHECK(labels->empty());
  }
  for (const auto* text : {"", "[]", "[1]", "null", "no json"})
    CHECK_FALSE(smoke::read_labels(text));
}

TEST_CASE("engine: the next one is asked when one does not answer or has no such image",
          "[smoke]") {
  World world({"docker", "podman", "buildah"});
  world.runner.expected = {
      {{"docker", "version"}, says(1, "", "Cannot connect to the Docker daemon")},
      {{"podman", "version"}, says(0, "Version: 4.3.1")},
      {{"podman", "image", "inspect", "--", "x:1"}, says(125, "[]", "Error: x:1: image not known")},
      {{"buildah", "version"}, says(0, "Version: 1.28.2")},
      {{"buildah", "inspect", "--type", "image", "--", "x:1"}, says(0, "{}")}};
  const auto found = smoke::find_image("x:1", std::nullopt, world.io);
  REQUIRE(found);
  CHECK(found->engine == Engine::buildah);
}

TEST_CASE("engine: a missing image is named with the command that gets it", "[smoke]") {
  World world({"docker"});
  world.runner.expected = {
      {{"docker", "version"}, says(0, "20.10")},
      {{"docker", "image", "inspect"}, says(1, "[]", "Error: No such image: x:1")}};
  const auto found = smoke::find_image("x:1", std::nullopt, world.io);
  REQUIRE_FALSE(found);
  CHECK(found.error().code == Errc::not_found);
  CHECK(found.error().message == "docker has no image 'x:1'");
  CHECK(found.error().hint == "docker pull x:1");
}

TEST_CASE("engine: the one that was asked for must be here and answer", "[smoke]") {
  World world({"docker"});
  const auto absent = smoke::find_image("x:1", Engine::podman, world.io);
  REQUIRE_FALSE(absent);
  CHECK(absent.error().message == "podman is not installed here");
  CHECK(absent.error().hint == "apt-get install podman");

  world.runner.expected = {{{"docker", "version"}, says(1, "", "Cannot connect\n")}};
  const auto silent = smoke::find_image("x:1", std::nullopt, world.io);
  REQUIRE_FALSE(silent);
  CHECK(silent.error().message == "docker does not answer: Cannot connect");
}

TEST_CASE("engine: no engine at all names the packages", "[smoke]") {
  World world({});
  const auto found = smoke::find_image("x:1", std::nullopt, world.io);
  REQUIRE_FALSE(found);
  CHECK(found.error().code == Errc::not_found);
  CHECK(found.error().hint == "apt-get install docker.io, or podman, or buildah");
}
