#include "support/elf_builder.hpp"
#include "verify/collect_content.hpp"
#include "verify/collect_scan.hpp"
#include "verify/collect_text.hpp"
#include "verify/facts.hpp"

#include <catch2/catch.hpp>

namespace rockstage::verify {
namespace {

using std::string_literals::operator""s;

TEST_CASE("collect: the first bytes say what a file is", "[verify]") {
  CHECK(classify("") == Content::empty);
  CHECK(classify("\x7f"
                 "ELF\x02")
        == Content::elf);
  CHECK(classify("\x1bLJ\x02") == Content::lua_bytecode);
  CHECK(classify("\x1bLuaQ") == Content::lua_bytecode);
  CHECK(classify("#!/bin/sh\n") == Content::script);
  CHECK(classify("!<arch>\n/") == Content::ar_archive);
  CHECK(classify("rust\0\0\0\x09"s) == Content::rust_metadata);
  CHECK(classify("rusty nails\n") == Content::text);
  CHECK(classify("version https://git-lfs.github.com/spec/v1\noid") == Content::lfs_pointer);
  CHECK(classify("  <!DOCTYPE HTML>") == Content::html);
  CHECK(classify("\x1f\x8b\x08") == Content::gzip);
  CHECK(classify("return {}\n") == Content::text);
  CHECK(classify("a\0b"s) == Content::binary);
  CHECK(classify("caf\xc3\xa9") == Content::text);
}

TEST_CASE("collect: the interpreter of a script, with and without env", "[verify]") {
  CHECK(interpreter_of("#!/bin/sh\nexec lua") == "/bin/sh");
  CHECK(interpreter_of("#! /usr/bin/luajit -e\n") == "/usr/bin/luajit");
  CHECK(interpreter_of("#!/usr/bin/env lua\n") == "lua");
  CHECK(interpreter_of("#!/usr/bin/env -S luajit -O3\n") == "luajit");
  CHECK(interpreter_of("#!").empty());
  CHECK(interpreter_of("print(1)").empty());
}

TEST_CASE("collect: a program is told from a library", "[verify]") {
  rockstage::test::ElfSpec spec;
  CHECK_FALSE(is_program(rockstage::test::build_elf(spec)));
  spec.type = 2;
  CHECK(is_program(rockstage::test::build_elf(spec)));
  CHECK_FALSE(
      is_program("\x7f"
                 "ELF"));
}

/// What a scanner finds in `text` that comes in pieces of `size`.
template <class Scanner>
Scanner scanned(std::string_view text, std::size_t size) {
  Scanner scanner;
  for (std::size_t at = 0; at < text.size(); at += size)
    scanner.feed(text.substr(at, size));
  scanner.finish();
  return scanner;
}

TEST_CASE("collect: a builder's path is found once wherever pieces meet", "[verify]") {
  const std::string path = "/root/.cargo/registry/src/index-1/serde-1.0.0/src/lib.rs";
  for (const std::size_t before : {0U, 1U, 60U, 511U, 512U, 1023U, 2040U, 4090U, 10000U}) {
    const auto text = std::string(before, 'x') + "\0"s + path + "\0"s + std::string(5000, 'y');
    for (const std::size_t size : {1U, 7U, 64U, 512U, 1000U, 1024U, 2048U, 4096U, 100000U}) {
      INFO(before << " bytes before, pieces of " << size);
      const auto leaks = scanned<LeakScanner>(text, size).take();
      REQUIRE(leaks.size() == 1);
      CHECK(leaks[0].path == path);
      CHECK(leaks[0].count == 1);
    }
  }
}

TEST_CASE("collect: every sort of builder's path is told apart and counted", "[verify]") {
  const auto text =
      "/root/.rustup/toolchains/x\0/home/runner/.cargo/registry/a\0/home/runner/.cargo/registry/b\0"
      "/usr/local/cargo/registry/src/c\0/usr/local/rustup/toolchains/d\0"
      "/srv/target/release/build/ring-0123456789abcdef/out/x.c\0"s;
  const auto leaks = scanned<LeakScanner>(text, 4096).take();
  REQUIRE(leaks.size() == 5);
  CHECK(leaks[0].path == "/root/.rustup/toolchains/x");
  CHECK(leaks[1].path == "/home/runner/.cargo/registry/a");
  CHECK(leaks[1].count == 2);
  CHECK(leaks[4].path == "/srv/target/release/build/ring-0123456789abcdef/out/x.c");
}

TEST_CASE("collect: what std carries of its builders is no leak", "[verify]") {
  for (const auto& text : {
           "/rustc/0123456789abcdef0123456789abcdef01234567/library/std/src/panic.rs"s,
           "/rust/deps/hashbrown-0.15.0/src/raw.rs"s,
           "/usr/src/rustc-1.63.0/library/core/src/fmt.rs"s,
           "/cargo/registry/src/index/serde-1.0.0/src/lib.rs"s,
           "see .cargo/config.toml and ~/.cargo/bin"s,
           "/usr/local/lib/lua/5.1/?.so;/usr/local/share/lua/5.1/?.lua"s,
           "/src/build/thing-0123456789abcdef/out"s,
           "/srv/x/target/release/build/thing/out"s,
       }) {
    INFO(text);
    CHECK(scanned<LeakScanner>(text, 4096).take().empty());
  }
}

TEST_CASE("collect: both texts of a tool are needed, also where pieces meet", "[verify]") {
  const std::string first = std::string("__CARGO_DEFAULT") + "_LIB_METADATA";
  const std::string second = std::string(".rustc_") + "info.json";
  const auto text = std::string(1500, 'a') + first + std::string(3000, 'b') + second;
  for (const std::size_t size : {1U, 10U, 1000U, 1024U, 4096U, 100000U})
    CHECK(scanned<MarkScanner>(text, size).marks() == std::vector<std::string>{"cargo"});
  CHECK(scanned<MarkScanner>(first + " cargo rustup", 4096).marks().empty());
}

TEST_CASE("collect: names of installed packages are kept, of removed ones not", "[verify]") {
  PackageNames dpkg(PackageDatabase::dpkg);
  const std::string status =
      "Package: libc6\nStatus: install ok installed\nDescription: the C library\n Package: fake\n\n"
      "Package: rustc\nStatus: deinstall ok config-files\n\nPackage: base-files\n";
  for (const char c : status)
    dpkg.feed(std::string_view(&c, 1));
  CHECK(dpkg.finish() == "libc6\nbase-files\n");

  PackageNames apk(PackageDatabase::apk);
  apk.feed("C:Q1\nP:musl\nV:1.2\nF:lib\n\nP:cargo\nV:1.7\n");
  CHECK(apk.finish() == "musl\ncargo\n");
}

TEST_CASE("collect: databases of packages by their place", "[verify]") {
  CHECK(package_database("var/lib/dpkg/status") == PackageDatabase::dpkg);
  CHECK(package_database("var/lib/dpkg/status.d/base") == PackageDatabase::dpkg);
  CHECK(package_database("var/lib/dpkg/status.d/base.md5sums") == PackageDatabase::none);
  CHECK(package_database("lib/apk/db/installed") == PackageDatabase::apk);
  CHECK(package_database("home/x/var/lib/dpkg/status") == PackageDatabase::none);
}

TEST_CASE("collect: which texts are kept", "[verify]") {
  for (const char* path : {"etc/ld.so.conf",
                           "etc/ld.so.conf.d/x.conf",
                           "etc/ld-musl-x86_64.path",
                           "root/.cargo/credentials.toml",
                           "root/.netrc",
                           "root/.docker/config.json",
                           "lib/luarocks/rocks-5.1/manifest",
                           "lib/luarocks/rocks-5.1/a/1-1/rock_manifest"}) {
    INFO(path);
    CHECK(keeps_text(path));
  }
  for (const char* path : {"etc/hosts",
                           "etc/ld.so.conf.d/README",
                           "app/config.json",
                           "x.cargo/config",
                           "usr/share/mymanifest",
                           "var/lib/dpkg/status"}) {
    INFO(path);
    CHECK_FALSE(keeps_text(path));
  }
}

TEST_CASE("collect: modules lie in Lua's directories, in a tree anywhere", "[verify]") {
  CHECK(may_be_module("usr/local/lib/lua/5.1/a/b.so", true));
  CHECK(may_be_module("usr/local/openresty/site/lualib/a.so", true));
  CHECK(may_be_module("usr/lib/x86_64-linux-gnu/lua/5.4/a.so", true));
  CHECK_FALSE(may_be_module("usr/lib/libz.so", true));
  CHECK_FALSE(may_be_module("usr/lib/lua/doc/a.so", true));
  CHECK_FALSE(may_be_module("usr/local/lib/lua/5.1/a.so.1", true));
  CHECK(may_be_module("lib/a.so", false));
  CHECK_FALSE(may_be_module("share/lua/5.1/a.lua", false));
}

TEST_CASE("collect: a set of symbols knows its names and no others", "[verify]") {
  SymbolSet symbols;
  CHECK_FALSE(symbols.contains("lua_call"));
  for (const char* name : {"lua_call", "luaL_error", "memcpy", "memcpy"})
    symbols.add(name);
  symbols.seal();
  CHECK(symbols.size() == 3);
  CHECK(symbols.contains("memcpy"));
  CHECK_FALSE(symbols.contains("memcp"));
}

}  // namespace
}  // namespace rockstage::verify
