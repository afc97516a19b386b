#include "source/find.hpp"

#include "world.hpp"

namespace rockstage::source {
namespace {

/// The rockspec found in the project folder, relative to it.
std::string found_in(const World& world) {
  const auto found = find_rockspec(world.root);
  if (!found) return "error: " + found.error().message;
  return found->empty() ? "" : sys::relative_to(*found, world.root);
}

TEST_CASE("find: the newest release is taken, by versions and not by names", "[source]") {
  const World world;
  for (const char* version : {"0.9.0-1", "0.10.0-1", "0.10.0-2", "0.2-1"})
    world.put_rockspec("kit", version);
  CHECK(found_in(world) == "kit-0.10.0-2.rockspec");
}

TEST_CASE("find: a moving state is taken only where there is no release", "[source]") {
  for (const char* moving : {"scm-1", "dev-1", "main-0", "local-0", "scm-99"}) {
    const World world;
    world.put_rockspec("kit", moving);
    CHECK(found_in(world) == std::string("kit-") + moving + ".rockspec");
    world.put_rockspec("kit", "0.0.1-1");
    CHECK(found_in(world) == "kit-0.0.1-1.rockspec");
  }
}

TEST_CASE("find: rockspec/ and rockspecs/ count like the folder itself", "[source]") {
  for (const char* folder : {"rockspec", "rockspecs"}) {
    const World world;
    world.put_rockspec("kit", "1.0-1", folder);
    CHECK(found_in(world) == std::string(folder) + "/kit-1.0-1.rockspec");
    world.put_rockspec("kit", "scm-1");
    CHECK(found_in(world) == std::string(folder) + "/kit-1.0-1.rockspec");
    world.put_rockspec("kit", "1.1-1");
    CHECK(found_in(world) == "kit-1.1-1.rockspec");
  }
}

TEST_CASE("find: other folders do not count", "[source]") {
  const World world;
  world.put_rockspec("kit", "1.0-1", "old");
  CHECK(found_in(world).empty());
}

TEST_CASE("find: a file named only `rockspec` is taken where there is no other", "[source]") {
  const World world;
  CHECK(found_in(world).empty());
  world.put("rockspec");
  CHECK(found_in(world) == "rockspec");
  world.put_rockspec("kit", "scm-1");
  CHECK(found_in(world) == "kit-scm-1.rockspec");
}

TEST_CASE("find: files that only look like rockspecs are no candidates", "[source]") {
  const World world;
  for (const char* name : {"kit.rockspec",
                           "kit-1.0.rockspec",
                           "-1.0-1.rockspec",
                           "-1-1.rockspec",
                           ".rockspec",
                           "kit-1.0-1.rockspec.bak",
                           "kit-1.0-1.rock"})
    world.put(name);
  CHECK(found_in(world).empty());
}

TEST_CASE("find: rockspecs of several rocks are listed, not guessed at", "[source]") {
  const World world;
  world.put_rockspec("kit", "1.0-1");
  world.put_rockspec("kit-extra", "1.0-1");
  const auto found = find_rockspec(world.root);
  REQUIRE_FALSE(found);
  CHECK(found.error().code == Errc::invalid_input);
  CHECK(found.error().message
        == "'" + world.root
               + "' has rockspecs of several rocks: kit-1.0-1.rockspec, kit-extra-1.0-1.rockspec");
  CHECK(found.error().hint.find(".rockspec") != std::string::npos);
}

TEST_CASE("find: of several rocks the one that is named like the directory", "[source]") {
  const World world("Kit");
  world.put_rockspec("kit", "1.0-1");
  world.put_rockspec("kit", "0.9-1");
  world.put_rockspec("kit-extra", "2.0-1");
  CHECK(found_in(world) == "kit-1.0-1.rockspec");
}

TEST_CASE("find: the directory's name is known however it is reached", "[source]") {
  const World world("kit");
  world.put_rockspec("kit", "1.0-1");
  world.put_rockspec("kit-extra", "2.0-1");
  world.put("sub/file");
  for (const std::string way : {world.root + "/", world.root + "/.", world.root + "/sub/.."}) {
    const auto found = find_rockspec(way);
    REQUIRE(found);
    CHECK(sys::base_name(*found) == "kit-1.0-1.rockspec");
  }
}

TEST_CASE("find: sources lie beside the rockspec, or above a folder of rockspecs", "[source]") {
  CHECK(source_directory("/p/kit-1.0-1.rockspec") == "/p");
  CHECK(source_directory("/p/rockspec/kit-1.0-1.rockspec") == "/p");
  CHECK(source_directory("/p/rockspecs/kit-1.0-1.rockspec") == "/p");
  CHECK(source_directory("/p/old/kit-1.0-1.rockspec") == "/p/old");
}

TEST_CASE("classify: what SOURCE names", "[source]") {
  const World world;
  world.put_rockspec("kit", "1.0-1");
  world.put("rockspec");
  CHECK(classify(world.root).value() == ArgumentKind::directory);
  CHECK(classify(world.path("kit-1.0-1.rockspec")).value() == ArgumentKind::rockspec);
  CHECK(classify(world.path("rockspec")).value() == ArgumentKind::rockspec);
  CHECK(classify("kit-1.0-1.src.rock").value() == ArgumentKind::rock_file);
  CHECK(classify("https://example.org/kit-1.0-1.rockspec").value() == ArgumentKind::url);
  CHECK(classify("git+ssh://example.org/kit").value() == ArgumentKind::url);
  CHECK(classify("lua-cjson").value() == ArgumentKind::name);
  CHECK(classify("lua-cjson@2.1").value() == ArgumentKind::name);
}

TEST_CASE("classify: a path that is not there is told with its nearest neighbour", "[source]") {
  const World world;
  world.put_rockspec("kit", "1.0-1");
  const auto wrong = world.path("kit-1.0-2.rockspec");
  const auto missing = classify(wrong);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Errc::not_found);
  CHECK(missing.error().message
        == "there is no '" + wrong + "' (did you mean 'kit-1.0-1.rockspec'?)");
  CHECK(classify(world.path("none/deep")).error().code == Errc::not_found);
  CHECK(classify("./nowhere-at-all").error().code == Errc::not_found);
}

TEST_CASE("classify: a file that is no rockspec is wrong usage, with its directory as advice",
          "[source]") {
  const World world;
  world.put("Cargo.toml");
  const auto result = classify(world.path("Cargo.toml"));
  REQUIRE_FALSE(result);
  CHECK(result.error().code == Errc::usage);
  CHECK(result.error().hint == "name its directory: rockstage build " + world.root);
}

}  // namespace
}  // namespace rockstage::source
