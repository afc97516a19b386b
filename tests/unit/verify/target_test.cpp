#include "verify/target.hpp"

#include "runtime/profiles.hpp"
#include "support/elf_builder.hpp"
#include "support/support.hpp"
#include "sys/files.hpp"
#include "tree/directory.hpp"

#include <catch2/catch.hpp>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

using namespace rockstage;
using namespace rockstage::verify;

namespace {

Wanted of_image() {
  Wanted wanted;
  wanted.image = true;
  return wanted;
}

/// A root file system in a temporary directory.
class World {
 public:
  void put(const std::string& path, const std::string& content) {
    test::put(dir_.path() + "/" + path, content);
  }

  void library(const std::string& path, test::ElfSpec spec = {}) {
    if (spec.soname.empty()) spec.soname = path.substr(path.find_last_of('/') + 1);
    put(path, test::build_elf(spec));
  }

  void link(const std::string& target, const std::string& path) {
    REQUIRE(sys::make_directories(
        (dir_.path() + "/" + path).substr(0, (dir_.path() + "/" + path).find_last_of('/'))));
    REQUIRE(sys::make_link(target, dir_.path() + "/" + path));
  }

  Root root() {
    subject_ = tree::open_directory(dir_.path())->read(collector_, {}).value();
    return {&subject_, &subject_.platforms.at(0), &collector_};
  }

  void environment(const std::string& variable) {
    subject_.platforms.at(0).config.emplace().env.push_back(variable);
  }

  [[nodiscard]] const std::string& path() const { return dir_.path(); }

 private:
  sys::TempDir dir_ = test::temp_dir();
  Collector collector_{of_image()};
  tree::Subject subject_;
};

Target target_of(const std::string& profile, std::optional<Root> root) {
  return {runtime::find_profile(profile).value(), "linux/amd64", root, Basis::image};
}

elf::ElfFacts requester(const test::ElfSpec& spec = {}) {
  return elf::read_elf(test::build_elf(spec)).value();
}

/// For an object in a directory of the root or tree that asks for a library itself.
std::optional<FoundLibrary> find(const Target& target,
                                 const char* soname,
                                 const char* directory,
                                 const elf::ElfFacts& facts) {
  return target.find_library(soname,
                             {.facts = &facts, .directory = target.directory_there(directory)});
}

std::string found_at(const Target& target, const char* soname, const test::ElfSpec& spec = {}) {
  const auto found = find(target, soname, "usr/local/lib/lua/5.1", requester(spec));
  return found ? found->path : "nowhere";
}

}  // namespace

TEST_CASE("target: a profile alone vouches for its libraries", "[target]") {
  const auto target = target_of("apisix-debian", std::nullopt);
  CHECK(target.libc_family() == "glibc");
  CHECK(target.libc_basis() == Basis::profile);
  CHECK(target.machine() == "x86_64");
  CHECK(find(target, "libc.so.6", "", requester())->basis == Basis::profile);
  CHECK(find(target, "libyaml-0.so.2", "", requester())->basis == Basis::assumed);
  CHECK_FALSE(find(target, "libfoo.so.1", "", requester()));
  CHECK_FALSE(target.host_loads("libc.so.6"));
  CHECK(target_of("apisix-ubuntu", std::nullopt).libc_basis() == Basis::assumed);
}

TEST_CASE("target: the loader's directories are searched in its order", "[target]") {
  World world;
  world.library("usr/lib/x86_64-linux-gnu/liba.so.1");
  world.library("usr/lib/liba.so.1");
  world.library("opt/own/liba.so.1");
  world.library("usr/local/lib/lua/5.1/liba.so.1");
  const auto target = target_of("debian-luajit", world.root());
  CHECK(found_at(target, "liba.so.1") == "usr/lib/x86_64-linux-gnu/liba.so.1");
  test::ElfSpec with_runpath;
  with_runpath.runpath = "$ORIGIN";
  CHECK(found_at(target, "liba.so.1", with_runpath) == "usr/local/lib/lua/5.1/liba.so.1");
  test::ElfSpec both;
  both.runpath = "/opt/own";
  both.rpath = "$ORIGIN";
  CHECK(found_at(target, "liba.so.1", both) == "opt/own/liba.so.1");
}

TEST_CASE("target: LD_LIBRARY_PATH of the image stands before RUNPATH", "[target]") {
  World world;
  world.library("opt/env/liba.so.1");
  world.library("opt/own/liba.so.1");
  auto root = world.root();
  world.environment("LD_LIBRARY_PATH=/opt/env");
  test::ElfSpec spec;
  spec.runpath = "/opt/own";
  CHECK(found_at(target_of("debian-luajit", root), "liba.so.1", spec) == "opt/env/liba.so.1");
}

TEST_CASE("target: libraries of another machine are passed over", "[target]") {
  World world;
  test::ElfSpec arm;
  arm.machine = 183;
  world.library("lib/x86_64-linux-gnu/liba.so.1", arm);
  world.library("lib/x86_64-linux-gnu/libb.so.1", arm);
  world.library("usr/lib/libb.so.1");
  const auto target = target_of("debian-luajit", world.root());
  CHECK(find(target, "liba.so.1", "", requester())->wrong_machine);
  CHECK(found_at(target, "libb.so.1") == "usr/lib/libb.so.1");
}

TEST_CASE("target: links resolve inside the root, and a circle ends", "[target]") {
  World world;
  world.library("usr/lib/liba.so.1.2");
  world.link("/usr/lib/liba.so.1.2", "usr/lib/liba.so.1");
  world.link("libc1.so.1", "usr/lib/libc2.so.1");
  world.link("libc2.so.1", "usr/lib/libc1.so.1");
  const auto target = target_of("debian-luajit", world.root());
  CHECK(found_at(target, "liba.so.1") == "usr/lib/liba.so.1.2");
  CHECK(found_at(target, "libc1.so.1") == "nowhere");
}

TEST_CASE("target: a configured directory counts only through the cache", "[target]") {
  World world;
  world.put("etc/ld.so.conf", "include /etc/ld.so.conf.d/*.conf\n");
  world.put("etc/ld.so.conf.d/local.conf", "# local\n/usr/local/lib\n");
  world.library("usr/local/lib/liba.so.1");
  const auto before = find(target_of("debian-luajit", world.root()), "liba.so.1", "", requester());
  REQUIRE(before);
  CHECK(before->not_in_cache);
  // The real ldconfig writes the real format.
  if (geteuid() != 0 || std::system(("/sbin/ldconfig -r '" + world.path() + "'").c_str()) != 0)
    return;
  World again;
  again.put("etc/ld.so.cache", test::get(world.path() + "/etc/ld.so.cache"));
  again.library("usr/local/lib/liba.so.1");
  const auto after = find(target_of("debian-luajit", again.root()), "liba.so.1", "", requester());
  REQUIRE(after);
  CHECK_FALSE(after->not_in_cache);
  CHECK(after->path == "usr/local/lib/liba.so.1");
}

TEST_CASE("target: musl searches its own list and is its own libc", "[target]") {
  World world;
  world.library("lib/ld-musl-x86_64.so.1");
  world.library("usr/local/lib/liba.so.1");
  auto target = target_of("openresty-alpine", world.root());
  CHECK(target.libc_family() == "musl");
  CHECK(target.libc_basis() == Basis::image);
  CHECK(found_at(target, "liba.so.1") == "usr/local/lib/liba.so.1");
  CHECK(find(target, "libc.so.6", "", requester()));
  CHECK_FALSE(find(target, "ld-linux-x86-64.so.2", "", requester()));
  World other;
  other.library("lib/ld-musl-x86_64.so.1");
  other.library("usr/local/lib/liba.so.1");
  other.put("etc/ld-musl-x86_64.path", "/opt/lib\n");
  CHECK(found_at(target_of("openresty-alpine", other.root()), "liba.so.1") == "nowhere");
}

TEST_CASE("target: the host's libraries and exports are known from the root", "[target]") {
  World world;
  test::ElfSpec program;
  program.needed = {"libz.so.1"};
  program.exports = {"lua_pcall", "lua_gettop"};
  world.library("usr/bin/luajit", program);
  test::ElfSpec zlib;
  zlib.exports = {"inflate"};
  world.library("usr/lib/libz.so.1", zlib);
  const auto target = target_of("debian-luajit", world.root());
  CHECK(target.host_loads("libz.so.1"));
  CHECK(target.host_exports("inflate"));
  CHECK_FALSE(target.host_exports("deflate"));
  REQUIRE(target.lua_exports() != nullptr);
  CHECK(target.lua_exports()->names.contains("lua_gettop"));
  CHECK(target.lua_basis() == Basis::image);
}

TEST_CASE("target: LUA_CPATH of an image replaces the interpreter's list", "[target]") {
  World world;
  world.put("etc/x", "");
  auto root = world.root();
  const auto has = [](const std::vector<std::string>& list, const char* text) {
    return std::ranges::find(list, text) != list.end();
  };
  CHECK(has(target_of("debian-luajit", root).native_paths(),
            "/usr/lib/x86_64-linux-gnu/lua/5.1/?.so"));
  world.environment("LUA_CPATH=/opt/?.so");
  CHECK(target_of("debian-luajit", root).native_paths() == std::vector<std::string>{"/opt/?.so"});
  world.environment("LUA_CPATH=/opt/?.so;;");
  const auto both = target_of("debian-luajit", root).native_paths();
  CHECK(both.front() == "/opt/?.so");
  CHECK(has(both, "/usr/local/lib/lua/5.1/?.so"));
}

TEST_CASE("target: a tree's own libraries are found through $ORIGIN", "[target]") {
  World world;
  world.library("lib/lua/5.1/x/liba.so.1");
  auto target = target_of("generic-luajit", std::nullopt);
  target.set_tree(world.root(), "/usr/local");
  test::ElfSpec spec;
  spec.runpath = "$ORIGIN/x";
  CHECK(find(target, "liba.so.1", "lib/lua/5.1", requester(spec))->path
        == "lib/lua/5.1/x/liba.so.1");
  spec.runpath = "/usr/local/lib/lua/5.1/x";
  CHECK(find(target, "liba.so.1", "lib/lua/5.1", requester(spec)));
  CHECK_FALSE(find(target, "liba.so.1", "lib/lua/5.1", requester()));
}

TEST_CASE("target: RPATH holds for what a library brings in turn, RUNPATH does not", "[target]") {
  World world;
  world.library("opt/own/libb.so.1");
  const auto target = target_of("debian-luajit", world.root());
  const auto through = [&](const test::ElfSpec& module_spec, const test::ElfSpec& library_spec) {
    const auto module = requester(module_spec), library = requester(library_spec);
    const Requester above{.facts = &module, .directory = "/usr/local/lib/lua/5.1"};
    return target.find_library("libb.so.1",
                               {.facts = &library, .directory = "/opt/lib", .loader = &above});
  };
  test::ElfSpec rpath, runpath;
  rpath.rpath = "/opt/own";
  runpath.runpath = "/opt/own";
  CHECK(through(rpath, {}));
  CHECK_FALSE(through(runpath, {}));
  test::ElfSpec elsewhere;
  elsewhere.runpath = "/opt/no";
  CHECK_FALSE(through(rpath, elsewhere));
  // Where both are given, RPATH is not read.
  auto both = rpath;
  both.runpath = "/opt/no";
  CHECK_FALSE(through(both, {}));
}

TEST_CASE("target: musl takes both for the whole chain, and no other names in them", "[target]") {
  World world;
  world.put("lib/ld-musl-x86_64.so.1", "");
  world.put("usr/local/lib/lua/5.1/x.so", "");
  world.library("opt/own/libb.so.1");
  const auto target = target_of("openresty-alpine", world.root());
  test::ElfSpec spec;
  spec.runpath = "/opt/own";
  const auto module = requester(spec), library = requester();
  const Requester above{.facts = &module, .directory = "/opt/lua"};
  CHECK(target.find_library("libb.so.1", {.facts = &library, .loader = &above}));
  spec.runpath = "/opt/own:/opt/$LIB";
  CHECK(found_at(target, "libb.so.1", spec) == "nowhere");
  spec.runpath = "$ORIGIN/../../../../../opt/own";
  CHECK(found_at(target, "libb.so.1", spec) == "opt/own/libb.so.1");
}

TEST_CASE("target: $LIB is the distribution's, $PLATFORM is left open", "[target]") {
  World world;
  test::ElfSpec libc;
  libc.version_definitions = {"GLIBC_2.36"};
  world.library("lib/x86_64-linux-gnu/libc.so.6", libc);
  world.library("opt/lib/x86_64-linux-gnu/liba.so.1");
  world.library("opt/lib64/libb.so.1");
  const auto target = target_of("debian-luajit", world.root());
  test::ElfSpec spec;
  spec.runpath = "/opt/$LIB";
  CHECK(found_at(target, "liba.so.1", spec) == "opt/lib/x86_64-linux-gnu/liba.so.1");
  CHECK(found_at(target, "libb.so.1", spec) == "nowhere");
  spec.runpath = "/opt/${PLATFORM}";
  const auto open = find(target, "liba.so.1", "usr/local/lib/lua/5.1", requester(spec));
  REQUIRE(open);
  CHECK(open->open);
  CHECK_FALSE(open->usable());
  // What is found all the same is found.
  CHECK(found_at(target, "libc.so.6", spec) == "lib/x86_64-linux-gnu/libc.so.6");
}

TEST_CASE("target: a name with a slash is a path", "[target]") {
  World world;
  world.library("usr/lib/liba.so.1");
  world.library("usr/local/lib/lua/5.1/deep/libb.so.1");
  const auto target = target_of("debian-luajit", world.root());
  CHECK(found_at(target, "/usr/lib/liba.so.1") == "usr/lib/liba.so.1");
  CHECK(found_at(target, "/opt/liba.so.1") == "nowhere");
  CHECK(found_at(target, "$ORIGIN/deep/libb.so.1") == "usr/local/lib/lua/5.1/deep/libb.so.1");
  CHECK(found_at(target, "deep/libb.so.1") == "nowhere");
}

TEST_CASE("target: -z nodefaultlib leaves out the default directories, not what is loaded",
          "[target]") {
  World world;
  test::ElfSpec luajit;
  luajit.needed = {"libm.so.6"};
  world.put("usr/bin/luajit", test::build_elf(luajit));
  for (const char* name : {"libm.so.6", "libz.so.1"})
    world.library(std::string("usr/lib/x86_64-linux-gnu/") + name);
  const auto target = target_of("debian-luajit", world.root());
  test::ElfSpec spec;
  spec.entries = {{0x6ffffffb, 0x800}};  // DT_FLAGS_1, DF_1_NODEFLIB
  CHECK(found_at(target, "libz.so.1", spec) == "nowhere");
  CHECK(found_at(target, "libm.so.6", spec) == "usr/lib/x86_64-linux-gnu/libm.so.6");
  CHECK(found_at(target, "libz.so.1") == "usr/lib/x86_64-linux-gnu/libz.so.1");
  const auto bare = target_of("debian-luajit", std::nullopt);
  CHECK(find(bare, "libc.so.6", "", requester(spec)));
  CHECK_FALSE(find(bare, "libz.so.1", "", requester(spec)));
}

TEST_CASE("target: what is there for newer processors only is said to be", "[target]") {
  World world;
  world.library("usr/lib/glibc-hwcaps/x86-64-v3/liba.so.1");
  world.library("usr/lib/glibc-hwcaps/x86-64-v3/libb.so.1");
  world.library("usr/lib/libb.so.1");
  const auto target = target_of("debian-luajit", world.root());
  const auto found = find(target, "liba.so.1", "", requester());
  REQUIRE(found);
  CHECK(found->usable());
  CHECK(found->cpu_level == "x86-64-v3");
  CHECK(found_at(target, "libb.so.1") == "usr/lib/libb.so.1");
}
