#include "lint/doctor.hpp"

#include "lint/doctor_probe.hpp"
#include "support/support.hpp"
#include "sys/files.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <sstream>

using namespace rockstage;
using Catch::Matchers::Contains;

namespace {

/// A machine that holds only the programs which a test writes, as shell scripts.
struct Machine {
  sys::TempDir dir = test::temp_dir();
  sys::Environment environment;
  double timeout = 10;

  Machine() {
    environment.set("PATH", dir.path() + "/bin");
    environment.set("HOME", dir.path());
  }

  void program(const std::string& name, const std::string& script) const {
    test::put(dir.path() + "/bin/" + name, "#!/bin/sh\n" + script + "\n", 0755);
  }

  /// A toolchain that can build.
  void rust() const {
    program("cargo", "echo 'cargo 1.95.0 (f2d3ce0bd 2026-03-21)'");
    program("rustc",
            "case $1 in -vV) echo 'host: x86_64-unknown-linux-gnu';;\n--print) echo " + dir.path()
                + "/sysroot;;\n*) echo 'rustc 1.95.0 (59807616e 2026-04-14)';; esac");
    program("cc",
            "case $1 in -print*) echo /usr/lib/Scrt1.o;; *) echo 'cc (Debian 12.2.0-14) 12.2.0';; "
            "esac");
    standard_library("x86_64-unknown-linux-gnu");
  }

  void standard_library(const std::string& target) const {
    test::put(dir.path() + "/sysroot/lib/rustlib/" + target + "/lib/libstd-0a1b.rlib", "");
  }

  [[nodiscard]] std::vector<lint::Tool> examine() const {
    test::FakeTerminal terminal;
    sys::Progress progress(terminal, sys::ProgressMode::off);
    sys::SystemProcessRunner processes;
    std::ostringstream out;
    Io io{processes, environment, terminal, progress, out};
    const lint::DoctorRequest request{dir.path() + "/cache/rockstage", timeout};
    auto tools = lint::examine_machine(request, io);
    REQUIRE(tools);
    return *std::move(tools);
  }
};

lint::Tool find(const std::vector<lint::Tool>& tools, const std::string& name) {
  const auto found = std::ranges::find(tools, name, &lint::Tool::name);
  INFO(name);
  REQUIRE(found != tools.end());
  return *found;
}

}  // namespace

TEST_CASE("doctor: with nothing installed each missing tool names its package", "[doctor]") {
  const Machine machine;
  const auto tools = machine.examine();
  CHECK_FALSE(lint::can_build(tools));
  const std::pair<const char*, const char*> packages[] = {{"cargo", "cargo-web"},
                                                          {"rustc", "rustc-web"},
                                                          {"cc", "gcc"},
                                                          {"make", "make"},
                                                          {"cmake", "cmake"},
                                                          {"git", "git"},
                                                          {"luajit", "luajit"},
                                                          {"lua5.1", "lua5.1"},
                                                          {"lua5.4", "lua5.4"},
                                                          {"docker", "docker.io"},
                                                          {"podman", "podman"},
                                                          {"buildah", "buildah"}};
  for (const auto& [name, package] : packages) {
    const auto tool = find(tools, name);
    CHECK_FALSE(tool.ok);
    CHECK(tool.path.empty());
    CHECK(tool.version.empty());
    CHECK_FALSE(tool.needed_for.empty());
    CHECK_THAT(tool.hint, Contains(std::string("install Debian's ") + package));
  }
}

TEST_CASE("doctor: cargo, rustc, its standard library and a compiler are enough to build",
          "[doctor]") {
  const Machine machine;
  machine.rust();
  const auto tools = machine.examine();
  CHECK(lint::can_build(tools));
  CHECK(find(tools, "cargo").version == "1.95.0");
  CHECK(find(tools, "rustc").version == "1.95.0");
  CHECK(find(tools, "cc").version == "12.2.0");
  CHECK(find(tools, "rust-std x86_64-unknown-linux-gnu").ok);
  CHECK(find(tools, "cache directory").ok);
}

TEST_CASE("doctor: a standard library for another target is one line more", "[doctor]") {
  const Machine machine;
  machine.rust();
  machine.standard_library("aarch64-unknown-linux-gnu");
  const auto tool = find(machine.examine(), "rust-std aarch64-unknown-linux-gnu");
  CHECK(tool.ok);
  CHECK(tool.needed_for == "build --target aarch64-unknown-linux-gnu");
}

TEST_CASE("doctor: without the standard library of the host nothing can be built", "[doctor]") {
  const Machine machine;
  machine.rust();
  REQUIRE(sys::remove_all(machine.dir.path() + "/sysroot"));
  machine.standard_library("wasm32-wasip1");
  const auto tools = machine.examine();
  CHECK_FALSE(lint::can_build(tools));
  CHECK_THAT(find(tools, "rust-std x86_64-unknown-linux-gnu").hint,
             Contains("rustup target add x86_64-unknown-linux-gnu"));
}

TEST_CASE("doctor: a cargo that is too old is not ok", "[doctor]") {
  const Machine machine;
  machine.rust();
  machine.program("cargo", "echo 'cargo 1.65.0'");
  const auto tools = machine.examine();
  CHECK_FALSE(lint::can_build(tools));
  CHECK(find(tools, "cargo").version == "1.65.0");
  CHECK_THAT(find(tools, "cargo").hint, Contains("older than 1.85"));
}

TEST_CASE("doctor: a compiler without a C library to link with is not ok", "[doctor]") {
  const Machine machine;
  machine.rust();
  machine.program("cc", "case $1 in -print*) echo Scrt1.o;; *) echo 'cc 12.2.0';; esac");
  const auto tools = machine.examine();
  CHECK_FALSE(lint::can_build(tools));
  CHECK_THAT(find(tools, "cc").hint, Contains("libc6-dev"));
}

TEST_CASE("doctor: a program that does not answer is ended and said so", "[doctor]") {
  Machine machine;
  machine.rust();
  machine.timeout = 0.3;
  machine.program("docker", "while :; do :; done");
  const auto tool = find(machine.examine(), "docker");
  CHECK_FALSE(tool.ok);
  CHECK_FALSE(tool.path.empty());
  CHECK_THAT(tool.hint, Contains("no answer within 0.3 s"));
}

TEST_CASE("doctor: docker counts where its daemon answers", "[doctor]") {
  const Machine machine;
  SECTION("it does") {
    machine.program("docker", "[ \"$1 $2\" = 'version --format' ] && echo 20.10.24");
    const auto tool = find(machine.examine(), "docker");
    CHECK(tool.ok);
    CHECK(tool.version == "20.10.24");
  }
  SECTION("it does not") {
    machine.program("docker", "echo 'Cannot connect to the Docker daemon' >&2; exit 1");
    const auto tool = find(machine.examine(), "docker");
    CHECK_FALSE(tool.ok);
    CHECK_THAT(tool.hint, Contains("Cannot connect") && Contains("DOCKER_HOST"));
  }
}

TEST_CASE("doctor: versions are read from what each program says", "[doctor]") {
  const Machine machine;
  machine.program("luajit", "echo 'LuaJIT 2.1.0-beta3 -- Copyright (C) 2005-2022 Mike Pall'");
  machine.program("lua5.1", "echo 'Lua 5.1.5  Copyright (C) 1994-2012' >&2");
  machine.program("nginx",
                  "printf 'nginx version: openresty/1.27.1.1\\nconfigure arguments: "
                  "--add-module=../ngx_lua-0.10.27\\n' >&2");
  const auto tools = machine.examine();
  CHECK(find(tools, "luajit").version == "2.1.0-beta3");
  CHECK(find(tools, "lua5.1").version == "5.1.5");
  CHECK(find(tools, "nginx with Lua").version == "1.27.1.1");
  CHECK(find(tools, "nginx with Lua").ok);
}

TEST_CASE("doctor: a version is a word of its own that has a dot", "[doctor]") {
  CHECK(lint::version_in("cmake version 3.25.1") == "3.25.1");
  CHECK(lint::version_in("podman version 4.3.1, build 9") == "4.3.1");
  CHECK(lint::version_in("gcc (Debian 12.2.0-14+deb12u1) 12.2.0") == "12.2.0");
  CHECK(lint::version_in("x86 is no version") == "");
  CHECK(lint::version_in("") == "");
}

TEST_CASE("doctor: a cache directory that cannot be made keeps every build away", "[doctor]") {
  const Machine machine;
  machine.rust();
  test::put(machine.dir.path() + "/cache", "a file where a directory is wanted");
  const auto tools = machine.examine();
  CHECK_FALSE(find(tools, "cache directory").ok);
  CHECK_FALSE(lint::can_build(tools));
}

TEST_CASE("doctor: the certificates that a variable names must be there", "[doctor]") {
  Machine machine;
  machine.environment.set("SSL_CERT_FILE", machine.dir.path() + "/ca.pem");
  CHECK_FALSE(find(machine.examine(), "CA bundle").ok);
  test::put(machine.dir.path() + "/ca.pem", "certificate");
  const auto tool = find(machine.examine(), "CA bundle");
  CHECK(tool.ok);
  CHECK(tool.path == machine.dir.path() + "/ca.pem");
}

TEST_CASE("doctor: variables of LuaRocks' configuration are named, since nobody reads them",
          "[doctor]") {
  const Machine machine;
  const auto file = machine.dir.path() + "/.luarocks/config-5.1.lua";
  // The machine that runs this may have others.
  const auto line = [&] {
    const auto tools = machine.examine();
    const auto found = std::ranges::find(tools, file, &lint::Tool::path);
    REQUIRE(found != tools.end());
    return *found;
  };
  SECTION("variables") {
    test::put(file, "variables = { OPENSSL_DIR = '/opt/ssl', CC = 'gcc' }\n");
    const auto tool = line();
    CHECK_FALSE(tool.ok);
    CHECK_THAT(tool.hint, Contains("OPENSSL_DIR") && Contains("CC") && Contains("--var"));
  }
  SECTION("other settings") {
    test::put(file, "rocks_trees = { home .. '/.luarocks', os_getenv('X') }\n");
    CHECK(line().ok);
  }
  SECTION("a program that asks for more than data") {
    test::put(file, "variables = { X = require('x') }\n");
    CHECK_THAT(line().hint, Contains("cannot be told"));
  }
  SECTION("one that never ends") {
    test::put(file, "while true do end\n");
    CHECK_FALSE(line().ok);
  }
}
