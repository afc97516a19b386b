#include "base/json.hpp"
#include "bench.hpp"
#include "sys/interrupt.hpp"

#include <nlohmann/json.hpp>

using namespace rockstage;
using test::Bench;
using test::names;
using test::put;

namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

unsigned mode(const Bench& bench, const std::string& path) {
  const auto status = sys::status(bench.scratch + "/rock/" + path);
  REQUIRE(status);
  return status->mode;
}

/// A shared object whose only export is `symbol`.
std::string compile(const std::string& symbol, const std::string& to) {
  return "printf 'int " + symbol
         + "(void*l){return l!=0;}' > gen.c && gcc -shared -fPIC -nostdlib -o " + to + " gen.c\n";
}

struct Builtin : Bench {
  Builtin() : Bench("builtin") {
    source("src/crc.c", "int luaopen_crc_core(void*l){return l!=0;}\n");
    source("crc.lua", "return require 'crc.core'\n", 0755);
    variant.runs = {
        {"compiling src/crc.c",
         {"gcc", "-fPIC", "-c", "src/crc.c", "-o", "{objects}/crc/core/src/crc.o"},
         "",
         {}},
        {"linking crc.core",
         {"gcc", "-shared", "-o", "{rock}/lib/crc/core.so", "{objects}/crc/core/src/crc.o"},
         "",
         {}}};
    copy("crc.lua", "lua/crc.lua", "build.modules.crc");
  }
};

}  // namespace

TEST_CASE(
    "build builtin: the rock directory is what LuaRocks puts together, and the sources stay as "
    "they were",
    "[build]") {
  Builtin bench;
  const auto before = bench.snapshot();
  const auto rock = bench.built();
  CHECK(names(rock)
        == std::vector<std::string>{
            "lib/crc/core.so", "lua/crc.lua", "probe-1.0-1.rockspec", "rockstage.json"});
  CHECK(rock.files.at("lib/crc/core.so") == build::FileClass::native_module);
  CHECK(rock.files.at("lua/crc.lua") == build::FileClass::lua_module);
  CHECK(rock.modules
        == std::map<std::string, std::string>{{"crc", "share/lua/5.1/crc.lua"},
                                              {"crc.core", "lib/lua/5.1/crc/core.so"}});
  CHECK(mode(bench, "lib/crc/core.so") == 0755);
  CHECK(mode(bench, "lua/crc.lua") == 0644);
  CHECK(bench.file("probe-1.0-1.rockspec") == bench.rock.spec.text);
  CHECK(has(bench.terminal.written, "compiling src/crc.c\n"));
  CHECK(bench.snapshot() == before);
}

TEST_CASE("build builtin: a compile error is an error with the compiler's last words", "[build]") {
  Builtin bench;
  put(bench.sources + "/src/crc.c", "#include <no_such_header.h>\n");
  const Error error = bench.error();
  CHECK(error.code == Errc::subprocess);
  CHECK(has(error.message, "compiling src/crc.c failed (exit code 1)"));
  CHECK(has(error.message, "no_such_header.h: No such file or directory"));
  CHECK(has(error.hint, "'no_such_header.h': install it"));
  CHECK(has(bench.terminal.written, "no_such_header.h"));
  REQUIRE(error.context.size() == 1);
  CHECK(error.context.front() == "building probe 1.0-1 for luajit");
}

TEST_CASE("build builtin: missing lua.h names the Debian package", "[build]") {
  Builtin bench;
  put(bench.sources + "/src/crc.c", "#include \"lauxlib.h\"\n");
  CHECK(has(bench.error().hint, "libluajit-5.1-dev"));
}

TEST_CASE("build: a program that is not here is named with its Debian package", "[build]") {
  Bench bench("cmake");
  bench.io.environment.set("PATH", bench.home.path());
  bench.variant.runs = {{"configuring", {"cmake", "-H."}, "", {}}};
  const Error error = bench.error();
  CHECK(error.code == Errc::not_found);
  CHECK(error.message == "configuring needs 'cmake', which is not here");
  CHECK(has(error.hint, "apt install cmake"));
}

TEST_CASE("build: what tools print is escaped before it reaches the terminal", "[build]") {
  Bench bench("command");
  bench.shell("printf '\\033[31mred\\n'; printf 'x' > $OUT/x.lua");
  bench.variant.runs.front().environment = {{"OUT", "{rock}/lua"}};
  CHECK(names(bench.built()).front() == "lua/x.lua");
  CHECK(has(bench.terminal.written, "\\x1B[31mred"));
}

TEST_CASE(
    "build make: only what lies in the rock directory is taken, with the modes that trees have",
    "[build]") {
  Bench bench("make");
  bench.source("Makefile",
               "all: core.so\ncore.so: core.c\n\tgcc -shared -fPIC -nostdlib -o $@ $<\n"
               "install:\n\tinstall -m 664 core.so $(LIBDIR)/core.so\n\tinstall -m 755 probe.lua "
               "$(LUADIR)/probe.lua\n"
               "\tmkdir -p $(PREFIX)/doc/api; install -m 600 probe.lua $(PREFIX)/doc/api/x.txt\n"
               "\ttouch $(PREFIX)/../stray\n");
  bench.source("core.c", "int luaopen_core(void*l){return l!=0;}\n");
  bench.source("probe.lua", "return 1\n");
  bench.variant.runs = {
      {"building", {"make"}, "", {}},
      {"installing",
       {"make", "install", "PREFIX={rock}", "LIBDIR={rock}/lib", "LUADIR={rock}/lua"},
       "",
       {}}};
  const auto before = bench.snapshot();
  const auto rock = bench.built();
  CHECK(names(rock)
        == std::vector<std::string>{"doc/api/x.txt",
                                    "lib/core.so",
                                    "lua/probe.lua",
                                    "probe-1.0-1.rockspec",
                                    "rockstage.json"});
  CHECK(mode(bench, "lib/core.so") == 0755);
  CHECK(mode(bench, "lua/probe.lua") == 0644);
  CHECK(mode(bench, "doc/api/x.txt") == 0644);
  CHECK(mode(bench, "doc/api") == 0755);
  CHECK(has(bench.said(Level::warning), "wrote 'stray' beside the rock directory"));
  CHECK_FALSE(has(bench.said(Level::warning), "was not built"));
  CHECK(bench.snapshot() == before);
}

TEST_CASE("build cmake: builds in the copy and leaves the sources alone", "[build]") {
  Bench bench("cmake");
  bench.source(
      "CMakeLists.txt",
      "cmake_minimum_required(VERSION 3.10)\nproject(p C)\nadd_library(core MODULE core.c)\n"
      "set_target_properties(core PROPERTIES PREFIX \"\")\ninstall(TARGETS core DESTINATION "
      "${LIBDIR})\n");
  bench.source("core.c", "int luaopen_core(void*l){return l!=0;}\n");
  bench.source("build.luarocks/CMakeCache.txt", "CMAKE_HOME_DIRECTORY:INTERNAL=/elsewhere\n");
  bench.variant.runs = {
      {"configuring", {"cmake", "-H.", "-Bbuild.luarocks", "-DLIBDIR={rock}/lib"}, "", {}},
      {"building", {"cmake", "--build", "build.luarocks"}, "", {}},
      {"installing", {"cmake", "--build", "build.luarocks", "--target", "install"}, "", {}}};
  const auto before = bench.snapshot();
  CHECK(bench.built().files.at("lib/core.so") == build::FileClass::native_module);
  CHECK(bench.snapshot() == before);
}

TEST_CASE(
    "build command: a failed copy that the text passes over is found by what the rockspec promises",
    "[build]") {
  Bench bench("command");
  bench.source("a.lua", "return 1\n");
  bench.shell("cp no_such.so {rock}/lib/probe.so; cp a.lua {rock}/lua/a.lua; true");

  SECTION("build.modules") {
    lua::Table modules;
    modules.set("probe", lua::Value{std::string("x")});
    bench.rock.spec.build.set("modules", lua::Value{modules});
    const Error error = bench.error();
    CHECK(error.code == Errc::invalid_input);
    CHECK(has(error.message,
              "build.modules[\"probe\"] promises a module that the build did not make"));
    CHECK(has(error.hint, "passed over"));
  }
  SECTION("install tables") {
    bench.copy("no_such.so", "lib/no_such.so", "build.install.lib[\"probe\"]");
    const Error error = bench.error();
    CHECK(error.code == Errc::invalid_input);
    CHECK(error.message
          == "build.install.lib[\"probe\"] promises 'no_such.so', which the build did not make");
  }
  SECTION("nothing at all") {
    bench.variant.runs.back().shell = "cp no_such.so {rock}/lib/probe.so; true";
    CHECK(bench.error().message == "the build put no file into the rock");
  }
}

TEST_CASE("build command: a shell text that fails ends the build with its last lines", "[build]") {
  Bench bench("command");
  bench.shell("echo one; echo two >&2; exit 3");
  const Error error = bench.error();
  CHECK(error.code == Errc::subprocess);
  CHECK(has(error.message, "running the build command failed (exit code 3)"));
  CHECK(has(error.message, "\n  one"));
  CHECK(has(error.message, "\n  two"));
}

TEST_CASE(
    "build command: variables that move cargo's output are unset unless the rockspec speaks of "
    "them",
    "[build]") {
  Bench bench("command");
  bench.io.environment.set("CARGO_TARGET_DIR", "/elsewhere");
  bench.io.environment.set("CARGO_BUILD_TARGET", "other");
  bench.options.offline = true;
  bench.options.jobs = 3;
  bench.shell(
      "echo \"dir=$CARGO_TARGET_DIR target=$CARGO_BUILD_TARGET offline=$CARGO_NET_OFFLINE "
      "jobs=$CARGO_BUILD_JOBS\"; "
      "echo 'return 1' > {rock}/lua/a.lua");
  SECTION("unset") {
    bench.built();
    CHECK(has(bench.terminal.written, "dir= target= offline=true jobs=3\n"));
  }
  SECTION("kept") {
    bench.rock.spec.text = "build_command = 'cp $CARGO_TARGET_DIR/x'";
    bench.built();
    CHECK(has(bench.terminal.written, "dir=/elsewhere target= "));
  }
}

TEST_CASE("build command: a library that lay in the sources is staged with a warning", "[build]") {
  Bench bench("command");
  bench.shell(compile("luaopen_probe", "old.so") + "cp old.so {rock}/lib/probe.so");
  bench.built();
  bench.source("probe.so", bench.file("lib/probe.so"), 0755);
  REQUIRE(sys::remove_all(bench.scratch));
  REQUIRE(sys::make_directories(bench.scratch));

  SECTION("copied as it is") {
    bench.variant.runs.front().shell = "cp probe.so {rock}/lib/probe.so";
    bench.built();
    CHECK(has(bench.said(Level::warning),
              "'lib/probe.so' was not built: it lay in the sources as 'probe.so'"));
  }
  SECTION("built again with the same bytes") {
    bench.variant.runs.front().shell =
        "rm probe.so\n" + compile("luaopen_probe", "probe.so") + "cp probe.so {rock}/lib/probe.so";
    bench.built();
    CHECK(bench.said(Level::warning).empty());
  }
}

TEST_CASE("build command: links in the rock directory become files, links out of it are refused",
          "[build]") {
  Bench bench("command");
  SECTION("inside") {
    bench.shell("echo 'return 1' > {rock}/lua/a.lua; ln -s a.lua {rock}/lua/b.lua");
    bench.built();
    CHECK(sys::status(bench.scratch + "/rock/lua/b.lua")->kind == sys::FileKind::file);
    CHECK(bench.file("lua/b.lua") == "return 1\n");
  }
  SECTION("outside") {
    bench.shell("echo x > made; ln -s \"$PWD/made\" {rock}/lua/a.lua");
    const Error error = bench.error();
    CHECK(error.code == Errc::invalid_input);
    CHECK(has(error.message, "installed 'lua/a.lua' as a link"));
  }
  SECTION("pipes") {
    bench.shell("mkfifo {rock}/lua/a.lua");
    CHECK(has(bench.error().message, "neither file nor directory"));
  }
  SECTION("the rock directory itself") {
    bench.shell("rm -r {rock}; ln -s /tmp {rock}");
    CHECK(has(bench.error().message, "replaced or removed the rock directory"));
  }
}

TEST_CASE("build command: headers and objects among the modules are named", "[build]") {
  Bench bench("command");
  bench.shell(
      "echo 'return 1' > {rock}/lua/a.lua; echo x > {rock}/lua/a.o; echo x > {rock}/lib/a.h; echo "
      "{} > {rock}/lua/data.json");
  bench.built();
  CHECK(has(bench.said(Level::warning), "lib/a.h, lua/a.o"));
  CHECK_FALSE(has(bench.said(Level::warning), "data.json"));
}

TEST_CASE("build command: a manifest of its own that the build installs is not taken", "[build]") {
  Bench bench("command");
  bench.shell(
      "echo 'return 1' > {rock}/lua/a.lua; echo x > {rock}/rock_manifest; echo x > "
      "{rock}/rockstage.json");
  const auto rock = bench.built();
  CHECK(rock.files.count("rock_manifest") == 0);
  CHECK(parse_json(bench.file("rockstage.json")));
  CHECK(has(bench.said(Level::warning), "'rock_manifest'"));
}

TEST_CASE("build: a key of install.lib is used when only it fits the library's luaopen",
          "[build]") {
  Bench bench("command");
  const auto add = [&] {
    bench.rock.spec.install.lib = {{"deep.probe", "libprobe.so"}};
    bench.copy("libprobe.so", "lib/deep/libprobe.so", "build.install.lib[\"deep.probe\"]");
    bench.variant.copies.back().rekey = true;
    bench.variant.copies.back().mode = 0755;
  };
  SECTION("the key is meant") {
    bench.shell(compile("luaopen_deep_probe", "libprobe.so"));
    add();
    CHECK(bench.built().modules.at("deep.probe") == "lib/lua/5.1/deep/probe.so");
    CHECK(has(bench.said(Level::note), "staged as 'deep/probe.so'"));
  }
  SECTION("the file's name is meant") {
    bench.shell(compile("luaopen_deep_libprobe", "libprobe.so"));
    add();
    CHECK(bench.built().modules.count("deep.libprobe") == 1);
    CHECK(bench.said(Level::note).empty());
  }
  SECTION("an FFI library keeps its name") {
    bench.shell(compile("probe_sum", "libprobe.so"));
    add();
    CHECK(bench.built().files.at("lib/deep/libprobe.so") == build::FileClass::ffi_library);
  }
}

TEST_CASE("build command: a luaopen that fits no require is a warning", "[build]") {
  Bench bench("command");
  bench.shell(compile("luaopen_other", "x.so") + "cp x.so {rock}/lib/probe.so");
  bench.built();
  CHECK(
      has(bench.said(Level::warning),
          "'lib/probe.so': the library exports luaopen_other, module 'probe' needs luaopen_probe"));
}

TEST_CASE("build none: files are copied from the sources, links inside by what they lead to",
          "[build]") {
  Bench bench("none");
  bench.source("src/a.lua", "return 1\n");
  bench.source("bin/tool", "#!/usr/bin/env lua\nprint(1)\n");
  bench.source("bin/other", "#!/bin/sh\necho 1\n");
  REQUIRE(sys::make_link("a.lua", bench.sources + "/src/b.lua"));
  bench.copy("src/b.lua", "lua/b.lua", "build.install.lua.b");
  bench.copy("bin/tool", "bin/tool", "build.install.bin[1]");
  bench.copy("bin/other", "bin/other", "build.install.bin[2]");
  bench.variant.copies[1].mode = bench.variant.copies[2].mode = 0755;
  const auto before = bench.snapshot();
  const auto rock = bench.built();
  CHECK(bench.file("lua/b.lua") == "return 1\n");
  CHECK(rock.files.at("bin/tool") == build::FileClass::script);
  CHECK(rock.files.at("bin/other") == build::FileClass::program);
  CHECK(to_string(build::FileClass::program) == "script");
  CHECK(bench.snapshot() == before);
}

TEST_CASE("build none: a link out of the sources is refused by name", "[build]") {
  Bench bench("none");
  put(bench.home.path() + "/secret.lua", "return 1\n");
  REQUIRE(sys::make_link("../secret.lua", bench.sources + "/a.lua"));
  bench.copy("a.lua", "lua/a.lua", "build.install.lua.a");
  const Error error = bench.error();
  CHECK(error.code == Errc::invalid_input);
  CHECK(has(error.message,
            "build.install.lua.a: 'a.lua' is a link that leaves the source directory"));
}

TEST_CASE("build make: a link out of the sources is refused before anything is run", "[build]") {
  Bench bench("make");
  put(bench.home.path() + "/secret", "x");
  REQUIRE(sys::make_link("../secret", bench.sources + "/config"));
  bench.shell("echo ran");
  const Error error = bench.error();
  CHECK(error.code == Errc::invalid_input);
  CHECK(has(error.message, bench.sources + "/config"));
  CHECK_FALSE(has(bench.terminal.written, "ran"));
}

TEST_CASE("build: a file that the rockspec names and nobody has is named with its field",
          "[build]") {
  Bench bench("none");
  bench.copy("gone.lua", "lua/gone.lua", "build.modules.gone");
  const Error error = bench.error();
  CHECK(error.code == Errc::invalid_input);
  CHECK(error.message == "build.modules.gone names 'gone.lua', which is not in the sources");

  bench.variant.copies.front().optional = true;
  CHECK(names(bench.built()).size() == 2);
}

TEST_CASE("build: directories are copied whole, documents keep their x, version control stays out",
          "[build]") {
  Bench bench("none");
  bench.source("doc/a/guide.md", "x");
  bench.source("doc/run.sh", "x", 0775);
  bench.source("doc/LICENSE", "x");
  bench.source("doc/.git/config", "x");
  REQUIRE(sys::make_link("a/guide.md", bench.sources + "/doc/index.md"));
  bench.copy("doc", "doc", "build.copy_directories[1]");
  bench.variant.copies.front().is_directory = true;
  const auto rock = bench.built();
  CHECK(names(rock)
        == std::vector<std::string>{"doc/LICENSE",
                                    "doc/a/guide.md",
                                    "doc/index.md",
                                    "doc/run.sh",
                                    "probe-1.0-1.rockspec",
                                    "rockstage.json"});
  CHECK(mode(bench, "doc/run.sh") == 0755);
  CHECK(mode(bench, "doc/a/guide.md") == 0644);
  CHECK(rock.files.at("doc/LICENSE") == build::FileClass::licence);
  CHECK(rock.files.at("doc/index.md") == build::FileClass::document);
}

TEST_CASE("build: a directory that links to itself does not run for ever", "[build]") {
  Bench bench("none");
  bench.source("doc/a/guide.md", "x");
  REQUIRE(sys::make_link("..", bench.sources + "/doc/a/up"));
  bench.copy("doc", "doc", "build.copy_directories[1]");
  bench.variant.copies.front().is_directory = true;
  CHECK(has(bench.error().message, "link to a folder that it lies in"));
}

TEST_CASE("build: patches and extra files go into the copy only", "[build]") {
  Bench bench("make");
  bench.source("a.lua", "return 1\n");
  bench.rock.spec.patches = {
      {"one.diff", "--- x/a.lua\n+++ x/a.lua\n@@ -1 +1 @@\n-return 1\n+return 2\n"}};
  bench.rock.spec.extra_files = {{"sub/extra.lua", "return 3\n"}};
  bench.shell("cp a.lua sub/extra.lua {rock}/lua");
  const auto before = bench.snapshot();
  bench.built();
  CHECK(bench.file("lua/a.lua") == "return 2\n");
  CHECK(bench.file("lua/extra.lua") == "return 3\n");
  CHECK(bench.snapshot() == before);
}

TEST_CASE("build: sources that LuaRocks has patched are not patched again", "[build]") {
  Bench bench("make");
  bench.source("a.lua", "return 2\n");
  bench.source(".luarocks.patches.applied", "");
  bench.rock.spec.patches = {
      {"one.diff", "--- x/a.lua\n+++ x/a.lua\n@@ -1 +1 @@\n-return 1\n+return 2\n"}};
  bench.shell("cp a.lua {rock}/lua");
  bench.built();
  CHECK(has(bench.said(Level::note), ".luarocks.patches.applied"));
}

TEST_CASE("build: extra files cannot leave the sources", "[build]") {
  Bench bench("make");
  bench.rock.spec.extra_files = {{"../escape", "x"}};
  bench.shell("true");
  CHECK(has(bench.error().message, "build.extra_files would write '../escape'"));
}

TEST_CASE("build: a signal between two steps ends the build", "[build]") {
  Bench bench("command");
  bench.shell("echo 'return 1' > {rock}/lua/a.lua");
  sys::simulate_signal(15);
  const Error error = bench.error();
  sys::simulate_signal(0);
  CHECK(error.code == Errc::interrupted);
}

TEST_CASE("build cmake: an inline build.cmake takes the place of CMakeLists.txt", "[build]") {
  Bench bench("cmake");
  bench.source("CMakeLists.txt", "message(FATAL_ERROR \"not this one\")\n");
  bench.source("a.lua", "return 1\n");
  bench.rock.spec.build.set(
      "cmake",
      lua::Value{std::string("cmake_minimum_required(VERSION 3.10)\nproject(p NONE)\n"
                             "install(FILES a.lua DESTINATION ${LUADIR})\n")});
  bench.variant.runs = {
      {"cmake", {"cmake", "-H.", "-Bbuild.luarocks", "-DLUADIR={rock}/lua"}, "", {}},
      {"installing", {"cmake", "--build", "build.luarocks", "--target", "install"}, "", {}}};
  const auto before = bench.snapshot();
  CHECK(names(bench.built()).front() == "lua/a.lua");
  CHECK(bench.snapshot() == before);
}

TEST_CASE("build: the sources' root can be copied whole", "[build]") {
  Bench bench("none");
  bench.source("lua/a.lua", "return 1\n");
  bench.source("probe-1.0-1.rockspec", "an older text\n");
  bench.copy("", "", "build.copy_directories");
  bench.variant.copies.front().from = "{work}";
  bench.variant.copies.front().is_directory = true;
  CHECK(bench.built().modules.at("a") == "share/lua/5.1/a.lua");
  CHECK(bench.file("probe-1.0-1.rockspec") == bench.rock.spec.text);
}
