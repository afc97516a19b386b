#include "cargo/mirror.hpp"

#include "sys/files.hpp"
#include "world.hpp"

#include <catch2/catch.hpp>

namespace rockstage::cargo {
namespace {

struct Field : World {
  MirrorRequest request;

  Field() {
    put("home/p/Cargo.toml", "[package]\n");
    put("home/p/src/lib.rs", "pub fn a() {}\n");
    request.workspace_root = path("home/p");
    request.cargo_home = path("home/.cargo");
    request.target_dir = path("cache/t");
    request.mirror_root = path("cache/t/mirror");
  }

  [[nodiscard]] std::string in_mirror(const std::string& name) const {
    return request.mirror_root + path(name);
  }

  [[nodiscard]] sys::FileKind kind(const std::string& name) const {
    const auto status = sys::status(in_mirror(name));
    return status ? status->kind : sys::FileKind::none;
  }

  void make() const {
    const auto root = mirror_workspace(request);
    REQUIRE(root);
    CHECK(*root == request.mirror_root + request.workspace_root);
  }
};

TEST_CASE("mirror: files keep their content, mode and time; targets and .git stay away",
          "[cargo][mirror]") {
  Field field;
  field.put("home/p/src/target/mod.rs", "// a module of that name");
  field.put("home/p/target/release/x", "");
  field.put("home/p/sub/out/CACHEDIR.TAG", "");
  field.put("home/p/.git/HEAD", "");
  test::put(field.path("home/p/build.sh"), "", 0755);
  field.make();
  CHECK(test::get(field.in_mirror("home/p/src/lib.rs")) == "pub fn a() {}\n");
  CHECK(sys::status(field.in_mirror("home/p/build.sh"))->mode == 0755);
  CHECK(sys::status(field.in_mirror("home/p/src/lib.rs"))->mtime_ns
        == sys::status(field.path("home/p/src/lib.rs"))->mtime_ns);
  CHECK(field.kind("home/p/src/target/mod.rs") == sys::FileKind::file);
  CHECK(field.kind("home/p/target") == sys::FileKind::none);
  CHECK(field.kind("home/p/sub/out") == sys::FileKind::none);
  CHECK(field.kind("home/p/.git") == sys::FileKind::none);
}

TEST_CASE("mirror: a second run follows the workspace and keeps cargo's lock file",
          "[cargo][mirror]") {
  Field field;
  field.put("home/p/src/old.rs", "");
  field.put("home/p/was_file", "");
  field.put("home/p/was_folder/x", "");
  field.make();
  test::put(field.in_mirror("home/p/Cargo.lock"), "version = 4\n");
  REQUIRE(sys::remove_file(field.path("home/p/src/old.rs")));
  REQUIRE(sys::remove_file(field.path("home/p/was_file")));
  REQUIRE(sys::remove_all(field.path("home/p/was_folder")));
  field.put("home/p/was_file/x", "");
  field.put("home/p/was_folder", "");
  field.put("home/p/src/lib.rs", "changed");
  const auto before = sys::status(field.in_mirror("home/p/Cargo.toml"))->inode;
  field.make();
  CHECK(field.kind("home/p/src/old.rs") == sys::FileKind::none);
  CHECK(field.kind("home/p/was_file/x") == sys::FileKind::file);
  CHECK(field.kind("home/p/was_folder") == sys::FileKind::file);
  CHECK(test::get(field.in_mirror("home/p/src/lib.rs")) == "changed");
  CHECK(test::get(field.in_mirror("home/p/Cargo.lock")) == "version = 4\n");
  CHECK(sys::status(field.in_mirror("home/p/Cargo.toml"))->inode == before);
}

TEST_CASE("mirror: links inside stay links, links that lead out are refused", "[cargo][mirror]") {
  Field field;
  REQUIRE(sys::make_link("../Cargo.toml", field.path("home/p/src/up")));
  REQUIRE(sys::make_link(field.path("home/p/src"), field.path("home/p/absolute")));
  field.make();
  CHECK(*sys::read_link(field.in_mirror("home/p/src/up")) == "../Cargo.toml");
  CHECK(*sys::read_link(field.in_mirror("home/p/absolute")) == field.in_mirror("home/p/src"));
  for (const std::string& target :
       {std::string("../../secret"), std::string("/etc/passwd"), std::string("..")}) {
    REQUIRE(sys::remove_file(field.path("home/p/out")));
    REQUIRE(sys::make_link(target, field.path("home/p/out")));
    const auto root = mirror_workspace(field.request);
    REQUIRE_FALSE(root);
    CHECK(root.error().code == Errc::invalid_input);
    CHECK(root.error().message.find(field.path("home/p/out") + "' is a link that leads out")
          != std::string::npos);
  }
}

TEST_CASE("mirror: what belongs to the workspace outside is linked, CARGO_HOME is not",
          "[cargo][mirror]") {
  Field field;
  field.put("home/dep/Cargo.toml", "");
  field.put("home/.cargo/config.toml", "");
  field.put("home/Cargo.toml", "");
  field.put("home/rust-toolchain.toml", "");
  field.put(".cargo/config.toml", "");
  field.request.outside_path_dependencies = {field.path("home/dep"), field.path("home/dep/inner")};
  field.make();
  field.make();
  CHECK(*sys::read_link(field.in_mirror("home/dep")) == field.path("home/dep"));
  CHECK(*sys::read_link(field.in_mirror("home/Cargo.toml")) == field.path("home/Cargo.toml"));
  CHECK(*sys::read_link(field.in_mirror("home/rust-toolchain.toml"))
        == field.path("home/rust-toolchain.toml"));
  CHECK(*sys::read_link(field.in_mirror(".cargo")) == field.path(".cargo"));
  CHECK(field.kind("home/.cargo") == sys::FileKind::none);
}

TEST_CASE(
    "mirror: a dependency that the workspace lies in becomes a folder of links around the copy",
    "[cargo][mirror]") {
  Field field;
  field.put("home/src/core.rs", "");
  field.put("home/Cargo.toml", "");
  field.put("home/target/x", "");
  field.request.outside_path_dependencies = {field.path("home")};
  field.make();
  CHECK(field.kind("home") == sys::FileKind::directory);
  CHECK(field.kind("home/p") == sys::FileKind::directory);
  CHECK(*sys::read_link(field.in_mirror("home/src")) == field.path("home/src"));
  CHECK(field.kind("home/target") == sys::FileKind::none);
}

TEST_CASE("mirror: a link from an earlier run never leads a copy back into the checkout",
          "[cargo][mirror]") {
  Field field;
  field.put("home/dep/Cargo.toml", "dep");
  field.put("home/dep/sub/Cargo.toml", "sub");
  field.request.outside_path_dependencies = {field.path("home/dep")};
  field.make();
  field.request.outside_path_dependencies = {};
  field.request.workspace_root = field.path("home/dep/sub");
  field.make();
  CHECK(field.kind("home/dep") == sys::FileKind::directory);
  CHECK(test::get(field.in_mirror("home/dep/sub/Cargo.toml")) == "sub");
  CHECK(sys::list_directory(field.path("home/dep"))->size() == 2);
}

}  // namespace
}  // namespace rockstage::cargo
