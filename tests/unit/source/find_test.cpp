#include "source/find.hpp"

#include "project.hpp"

namespace rockstage::source {
namespace {

/// The rockspec that is found, relative to the project.
std::string found(const Project& project) {
  const auto path = find_rockspec(project.path(""));
  if (!path) FAIL(path.error().message);
  return sys::relative_to(*path, project.path(""));
}

TEST_CASE("find: of several rockspecs the newest release is taken, 0.10.0 after 0.9.0",
          "[source]") {
  const Project project;
  for (const char* name : {"a-0.9.0-1.rockspec", "a-0.10.0-1.rockspec", "a-0.10.0rc1-1.rockspec"})
    project.put(name);
  CHECK(found(project) == "a-0.10.0-1.rockspec");
  project.put("a-0.10.0-2.rockspec");
  CHECK(found(project) == "a-0.10.0-2.rockspec");
}

TEST_CASE("find: rockspecs lie in the directory, in rockspec/ and in rockspecs/", "[source]") {
  const Project project;
  project.put("a-1.0-1.rockspec");
  project.put("rockspec/a-1.2-1.rockspec");
  project.put("rockspecs/a-1.1-1.rockspec");
  project.put("other/a-9.9-1.rockspec");
  CHECK(found(project) == "rockspec/a-1.2-1.rockspec");
}

TEST_CASE("find: a moving version is taken only when there is no release", "[source]") {
  for (const char* moving : {"scm-1", "dev-1", "main-0", "local-0"}) {
    const Project project;
    project.put("a-" + std::string(moving) + ".rockspec");
    CHECK(found(project) == "a-" + std::string(moving) + ".rockspec");
    project.put("rockspecs/a-0.1-1.rockspec");
    CHECK(found(project) == "rockspecs/a-0.1-1.rockspec");
  }
}

TEST_CASE("find: a name with hyphens is told from its version", "[source]") {
  const Project project;
  project.put("lua-resty-kit-1.0-1.rockspec");
  project.put("lua-resty-kit-1.1-1.rockspec");
  CHECK(found(project) == "lua-resty-kit-1.1-1.rockspec");
}

TEST_CASE("find: rockspecs of several rocks are listed and refused", "[source]") {
  const Project project;
  project.put("a-1.0-1.rockspec");
  project.put("rockspecs/b-1.0-1.rockspec");
  const auto path = find_rockspec(project.path(""));
  REQUIRE_FALSE(path);
  CHECK(path.error().code == Errc::invalid_input);
  CHECK(path.error().message
        == "'" + project.path("")
               + "' has rockspecs of several rocks: a-1.0-1.rockspec, rockspecs/b-1.0-1.rockspec");
  CHECK(path.error().hint == "name one: rockstage build DIR/FILE.rockspec");
}

TEST_CASE("find: of several rocks the one that is named like the directory is taken", "[source]") {
  const Project project;
  project.put("a-1.0-1.rockspec");
  project.put("Kit-1.0-1.rockspec");
  project.put("kit-plugin-2.0-1.rockspec");
  CHECK(found(project) == "Kit-1.0-1.rockspec");
  const auto detour = find_rockspec(project.path("../kit/."));
  REQUIRE(detour);
  CHECK(sys::base_name(*detour) == "Kit-1.0-1.rockspec");
}

TEST_CASE("find: a rockspec without a version in its name is found, so that reading it can say so",
          "[source]") {
  const Project project;
  project.put("kit.rockspec");
  CHECK(found(project) == "kit.rockspec");
  project.put("kit-1.0-1.rockspec");
  CHECK(found(project) == "kit-1.0-1.rockspec");
}

TEST_CASE("find: a file that is just called rockspec is one, a directory of that name is not",
          "[source]") {
  const Project project;
  REQUIRE(sys::make_directories(project.path("rockspec")));
  CHECK(find_rockspec(project.path("")).value().empty());
  REQUIRE(sys::remove_all(project.path("rockspec")));
  project.put("rockspec");
  CHECK(found(project) == "rockspec");
}

TEST_CASE("find: the sources of a rockspec in rockspec/ are in the folder above", "[source]") {
  CHECK(source_directory("/p/a-1-1.rockspec") == "/p");
  CHECK(source_directory("/p/rockspec/a-1-1.rockspec") == "/p");
  CHECK(source_directory("/p/rockspecs/a-1-1.rockspec") == "/p");
  CHECK(source_directory("/p/sub/a-1-1.rockspec") == "/p/sub");
}

TEST_CASE("find: what a SOURCE is, is told from its text and from what is there", "[source]") {
  const Project project;
  project.put("a-1.0-1.rockspec");
  project.put("README.md");
  project.put("a-1.0-1.src.rock");
  CHECK(classify(project.path("")).value() == ArgumentKind::directory);
  CHECK(classify(project.path("a-1.0-1.rockspec")).value() == ArgumentKind::rockspec);
  CHECK(classify("https://example.org/a-1.0-1.src.rock").value() == ArgumentKind::url);
  CHECK(classify("git+ssh://git@example.org/a.git").value() == ArgumentKind::url);
  CHECK(classify(project.path("a-1.0-1.src.rock")).value() == ArgumentKind::rock_file);
  CHECK(classify("a-1.0-1.src.rock").error().code == Errc::not_found);
  CHECK(classify("lua-cjson").value() == ArgumentKind::name);
  CHECK(classify("lua-cjson@2.1.0-1").value() == ArgumentKind::name);

  const auto file = classify(project.path("README.md"));
  REQUIRE_FALSE(file);
  CHECK(file.error().code == Errc::usage);
}

TEST_CASE("find: a path that is not there names the nearest one", "[source]") {
  const Project project;
  project.put("textkit/x");
  const auto directory = classify(project.path("textkti"));
  REQUIRE_FALSE(directory);
  CHECK(directory.error().code == Errc::not_found);
  CHECK(directory.error().message
        == "there is no '" + project.path("textkti") + "' (did you mean 'textkit'?)");
  for (const char* argument : {"./nothing", "no-1.0-1.rockspec", "no/such/place"}) {
    const auto kind = classify(argument);
    REQUIRE_FALSE(kind);
    CHECK(kind.error().code == Errc::not_found);
  }
}

}  // namespace
}  // namespace rockstage::source
