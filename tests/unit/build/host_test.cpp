#include "bench.hpp"
#include "build/externals.hpp"
#include "build/packages.hpp"

using namespace rockstage;
using test::Bench;
using test::put;

TEST_CASE("host: tools are set as LuaRocks sets them", "[build]") {
  Bench bench("make");
  auto facts = build::inspect_host(bench.rock, bench.options, bench.io);
  CHECK(facts.tools.at("CC") == "gcc");
  CHECK(facts.tools.at("LD") == "gcc");
  CHECK(facts.tools.at("CFLAGS") == "-O2 -fPIC");
  CHECK(facts.tools.at("LIBFLAG") == "-shared");
  CHECK(facts.tools.at("MAKE") == "make");

  bench.io.environment.set("CC", "clang");
  bench.io.environment.set("CFLAGS", "-O0 -fPIC -g");
  facts = build::inspect_host(bench.rock, bench.options, bench.io);
  CHECK(facts.tools.at("CC") == "clang");
  CHECK(facts.tools.at("LD") == "clang");
  CHECK(facts.tools.at("CFLAGS") == "-O0 -fPIC -g");
}

TEST_CASE("host: lua.h is taken only when it is of the version that its folder is for", "[build]") {
  Bench bench("builtin");
  const std::string prefix = bench.home.path() + "/prefix";
  put(prefix + "/include/lua5.4/lua.h", "#define LUA_VERSION_NUM\t\t504\n");
  put(prefix + "/include/lua5.3/lua.h", "#define LUA_VERSION_NUM\t\t501\n");
  put(prefix + "/include/luajit-2.1/lua.h", "#define LUA_VERSION_NUM 501\n");
  put(prefix + "/include/lua5.5/lua.h",
      "#define LUA_VERSION_MAJOR_N 5\n#define LUA_VERSION_MINOR_N 5\n");
  bench.options.variables["LUA_DIR"] = prefix;
  const auto facts = build::inspect_host(bench.rock, bench.options, bench.io);
  CHECK(facts.lua_incdir.at("5.4") == prefix + "/include/lua5.4");
  CHECK(facts.lua_incdir.at("luajit") == prefix + "/include/luajit-2.1");
  CHECK(facts.lua_incdir.at("5.5") == prefix + "/include/lua5.5");
  const auto found = facts.lua_incdir.find("5.3");
  CHECK((found == facts.lua_incdir.end() || found->second != prefix + "/include/lua5.3"));
}

TEST_CASE("host: interpreters are found on PATH by their Debian names", "[build]") {
  Bench bench("builtin");
  put(bench.home.path() + "/bin/lua5.4", "#!/bin/sh\n", 0755);
  bench.io.environment.set("PATH", bench.home.path() + "/bin");
  const auto facts = build::inspect_host(bench.rock, bench.options, bench.io);
  CHECK(facts.lua_program.at("5.4") == bench.home.path() + "/bin/lua5.4");
  CHECK(facts.lua_program.count("5.3") == 0);
  CHECK(facts.path == bench.home.path() + "/bin");
}

TEST_CASE("host: an external dependency sets the variables that LuaRocks sets", "[build]") {
  const auto temp = test::temp_dir();
  put(temp.path() + "/include/foo/foo.h", "");
  put(temp.path() + "/lib/libfoo.so.2", "");
  const auto externals =
      build::find_externals({{"FOO", "", "foo/foo.h", "foo"}}, {{"FOO_DIR", temp.path()}});
  CHECK(externals.missing.empty());
  CHECK(externals.variables.at("FOO_DIR") == temp.path());
  CHECK(externals.variables.at("FOO_INCDIR") == temp.path() + "/include");
  CHECK(externals.variables.at("FOO_INCDIR_FILE") == "foo/foo.h");
  CHECK(externals.variables.at("FOO_LIBDIR") == temp.path() + "/lib");
  CHECK(externals.variables.at("FOO_LIBDIR_FILE") == "libfoo.so.*");
  CHECK(externals.variables.at("FOO_BINDIR") == temp.path() + "/bin");
}

TEST_CASE("host: a fixed INCDIR and LIBDIR are looked in, and DEPS_DIR is a prefix", "[build]") {
  const auto temp = test::temp_dir();
  put(temp.path() + "/here/foo.h", "");
  put(temp.path() + "/deps/lib64/libfoo.a", "");
  const auto externals = build::find_externals(
      {{"FOO", "", "foo.h", "libfoo.so"}},
      {{"FOO_INCDIR", temp.path() + "/here"}, {"DEPS_DIR", temp.path() + "/deps"}});
  CHECK(externals.missing.empty());
  CHECK(externals.variables.at("FOO_INCDIR") == temp.path() + "/here");
  CHECK(externals.variables.at("FOO_LIBDIR") == temp.path() + "/deps/lib64");
  CHECK(externals.variables.at("FOO_LIBDIR_FILE") == "libfoo.a");
}

TEST_CASE("host: a missing header is named with the folders searched and the Debian package",
          "[build]") {
  const auto temp = test::temp_dir();
  const auto externals =
      build::find_externals({{"ZLIB", "", "zlib.h", ""}}, {{"ZLIB_DIR", temp.path()}});
  REQUIRE(externals.missing.size() == 1);
  const std::string& message = externals.missing.front();
  CHECK(message.find("needs the header 'zlib.h' (external dependency ZLIB)") == 0);
  CHECK(message.find(temp.path() + "/include") != std::string::npos);
  CHECK(message.find("apt install zlib1g-dev") != std::string::npos);
  CHECK(message.find("--var ZLIB_DIR=DIR") != std::string::npos);
}

TEST_CASE("host: without a prefix the system's folders are searched", "[build]") {
  const auto externals = build::find_externals({{"NOSUCH", "", "", "no_such_library_of_ours"}}, {});
  REQUIRE(externals.missing.size() == 1);
  for (const char* folder : {"/usr/local/lib", "/usr/lib", "/lib"})
    CHECK(externals.missing.front().find(folder) != std::string::npos);
}

TEST_CASE("host: libraries and programs are known by Debian package", "[build]") {
  CHECK(build::debian_package("libz.so.1") == "zlib1g-dev");
  CHECK(build::debian_package("cmake") == "cmake");
  CHECK(build::debian_package("no_such_header.h").empty());
  CHECK(build::how_to_install("no_such_header.h") == "install it");
}
