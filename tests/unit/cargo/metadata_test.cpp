#include "cargo/inspect.hpp"

#include <catch2/catch.hpp>

namespace rockstage::cargo {
namespace {

std::string package_json(const std::string& name,
                         const std::string& kind,
                         const std::string& directory) {
  return R"({"id":"path+file://)" + directory + "#" + name + R"(@1.0.0","name":")" + name
         + R"(","version":"1.0.0","source":null,"manifest_path":")" + directory
         + R"(/Cargo.toml","features":{"default":["a"],"a":[]},"targets":[{"kind":[")" + kind
         + R"("],"crate_types":[")" + kind
         + R"("],"name":"x","src_path":"/s"}],"dependencies":[]})";
}

/// A workspace /w of packages in /w/<name>, all of them members and default members.
std::string workspace_json(const std::vector<std::pair<std::string, std::string>>& packages) {
  std::string list;
  std::string ids;
  for (const auto& [name, kind] : packages) {
    const char* comma = list.empty() ? "" : ",";
    list += comma + package_json(name, kind, "/w/" + name);
    ids += comma + ("\"path+file:///w/" + name) + "#" + name + "@1.0.0\"";
  }
  return R"({"packages":[)" + list + R"(],"workspace_members":[)" + ids
         + R"(],"workspace_default_members":[)" + ids
         + R"(],"workspace_root":"/w","resolve":null})";
}

Metadata workspace(const std::vector<std::pair<std::string, std::string>>& packages) {
  const auto metadata = parse_metadata(workspace_json(packages));
  REQUIRE(metadata);
  return *metadata;
}

TEST_CASE("metadata: what cargo prints is read, null and absent alike", "[cargo][metadata]") {
  const auto metadata = parse_metadata(R"json({
    "packages": [{"id": "b", "name": "bee", "version": "0.1.0", "source": null, "manifest_path": "/w/bee/Cargo.toml",
      "edition": "2021", "rust_version": "1.80", "license": "MIT", "license_file": null, "unknown": {"x": [1]},
      "features": {"default": ["std"], "std": []},
      "targets": [{"kind": ["proc-macro"], "crate_types": ["proc-macro"], "name": "bee"}],
      "dependencies": [
        {"name": "mlua", "rename": "lua", "kind": null, "optional": true, "uses_default_features": false,
         "features": ["luajit"], "target": "cfg(unix)", "path": null},
        {"name": "cc", "kind": "build"}]},
      {"id": "a", "name": "ay", "version": "2.0.0", "source": "registry+x", "manifest_path": "/r/ay/Cargo.toml",
       "targets": [{"kind": ["bin"], "name": "m"}, {"kind": ["cdylib", "rlib"], "crate_types": ["cdylib", "rlib"], "name": "ay"}]}],
    "workspace_members": ["b"], "workspace_default_members": ["b"], "workspace_root": "/w",
    "resolve": {"nodes": [
      {"id": "b", "deps": [{"pkg": "a", "dep_kinds": [{"kind": null}]}, {"pkg": "t", "dep_kinds": [{"kind": "dev"}]},
                            {"pkg": "c", "dep_kinds": [{"kind": "dev"}, {"kind": "build"}]}]},
      {"id": "a", "deps": []}]}})json");
  REQUIRE(metadata);
  CHECK(metadata->workspace_root == "/w");
  REQUIRE(metadata->packages.size() == 2);
  CHECK(metadata->packages[0].id == "a");
  CHECK(metadata->is_member("b"));
  CHECK_FALSE(metadata->is_member("a"));
  CHECK(metadata->find("c") == nullptr);
  const Package* bee = metadata->find("b");
  REQUIRE(bee != nullptr);
  CHECK(bee->directory() == "/w/bee");
  CHECK(bee->rust_version == "1.80");
  CHECK(bee->license_file.empty());
  CHECK(bee->library() == nullptr);
  CHECK(metadata->find("a")->library()->name == "ay");
  REQUIRE(bee->dependencies.size() == 2);
  const Declaration& lua = bee->dependencies[0];
  CHECK(lua.rename == "lua");
  CHECK(lua.kind == "normal");
  CHECK(lua.optional);
  CHECK_FALSE(lua.default_features);
  CHECK(lua.target == "cfg(unix)");
  CHECK(bee->dependencies[1].kind == "build");
  CHECK(bee->dependencies[1].default_features);
  CHECK(metadata->resolve.at("b") == std::vector<std::string>{"a", "c"});
  CHECK(crates_to_build(*metadata, "b") == 3);
  CHECK(crates_to_build(*metadata, "nowhere") == 0);
}

TEST_CASE("metadata: output of another kind is refused, never half read", "[cargo][metadata]") {
  for (const char* text :
       {"", "[]", "null", "{", "{\"packages\": []}", "{\"workspace_root\": \"/w\"}"}) {
    INFO(text);
    const auto metadata = parse_metadata(text);
    REQUIRE_FALSE(metadata);
    CHECK(metadata.error().code == Errc::invalid_input);
  }
  const auto odd = parse_metadata(
      R"({"packages":[1,{"id":7,"features":[],"targets":{"a":1},"dependencies":["x"]}],"workspace_root":"/w","resolve":[]})");
  REQUIRE(odd);
  CHECK(odd->packages.size() == 1);
}

TEST_CASE("metadata: a package is chosen by name, name@version or id", "[cargo][metadata]") {
  const Metadata metadata = workspace({{"one", "cdylib"}, {"two", "cdylib"}});
  for (const char* wanted : {"two", "two@1.0.0", "path+file:///w/two#two@1.0.0"}) {
    const auto package = choose_package(metadata, "/w/Cargo.toml", wanted);
    REQUIRE(package);
    CHECK((*package)->name == "two");
  }
  const auto unknown = choose_package(metadata, "/w/Cargo.toml", "twi");
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().code == Errc::usage);
  CHECK(unknown.error().message == "the workspace has no package 'twi' (did you mean 'two'?)");
  CHECK(unknown.error().hint == "its packages: one, two");
}

TEST_CASE("metadata: without a name the manifest's own package is chosen", "[cargo][metadata]") {
  const Metadata metadata = workspace({{"one", "cdylib"}, {"two", "cdylib"}});
  const auto package = choose_package(metadata, "/w/two/Cargo.toml", "");
  REQUIRE(package);
  CHECK((*package)->name == "two");
}

TEST_CASE("metadata: of a virtual workspace the only cdylib is chosen, else the only library",
          "[cargo][metadata]") {
  CHECK((*choose_package(
             workspace({{"one", "lib"}, {"two", "cdylib"}, {"three", "bin"}}), "/w/Cargo.toml", ""))
            ->name
        == "two");
  CHECK((*choose_package(workspace({{"one", "lib"}, {"three", "bin"}, {"four", "proc-macro"}}),
                         "/w/Cargo.toml",
                         ""))
            ->name
        == "one");
  const auto several =
      choose_package(workspace({{"two", "cdylib"}, {"one", "cdylib"}}), "/w/Cargo.toml", "");
  REQUIRE_FALSE(several);
  CHECK(several.error().code == Errc::usage);
  CHECK(several.error().message
        == "the workspace has several packages that can be built: one, two");
  CHECK(several.error().hint == "choose one with --package");
  const auto none = choose_package(workspace({{"one", "bin"}}), "/w/Cargo.toml", "");
  REQUIRE_FALSE(none);
  CHECK(none.error().code == Errc::usage);
}

TEST_CASE("metadata: default-members decide between several cdylibs", "[cargo][metadata]") {
  Metadata metadata = workspace({{"one", "cdylib"}, {"two", "cdylib"}});
  metadata.workspace_default_members = {"path+file:///w/two#two@1.0.0"};
  CHECK((*choose_package(metadata, "/w/Cargo.toml", ""))->name == "two");
}

}  // namespace
}  // namespace rockstage::cargo
