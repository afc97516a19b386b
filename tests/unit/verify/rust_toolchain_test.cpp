#include "subject_bench.hpp"
#include "support/elf_builder.hpp"

#include <catch2/catch.hpp>

namespace rockstage::verify {
namespace {

using test::bare_tree;
using test::directory;
using test::elf_program;
using test::image;
using test::judge;
using test::link;
using test::paths;
using test::program;
using Paths = std::vector<std::string>;

const std::string kCargo = std::string("__CARGO_DEFAULT") + "_LIB_METADATA .rustc_" + "info.json";
const std::string kRustup = std::string("RUSTUP_FORCE") + "_ARG0 RUSTUP_DIST" + "_SERVER";

std::string library(const rockstage::test::ElfSpec& spec) {
  return rockstage::test::build_elf(spec);
}

TEST_CASE("rust-toolchain: cargo and rustup are found under any name", "[verify]") {
  CHECK(paths(bare_tree({program("lib/lua/5.1/helper", elf_program(kCargo))}), "rust-toolchain")
        == Paths{"lib/lua/5.1/helper"});
  CHECK(paths(image({{program("opt/x", elf_program(kRustup))}}), "rust-toolchain")
        == Paths{"opt/x"});
}

TEST_CASE("rust-toolchain: what needs the compiler's library is a part of it", "[verify]") {
  rockstage::test::ElfSpec needs;
  needs.needed = {"librustc_driver-6108105cd7e839cf.so"};
  rockstage::test::ElfSpec driver;
  driver.exports = {"rust_metadata_rustc_driver_6735ae1a01d9c027"};
  rockstage::test::ElfSpec llvm;
  llvm.soname = "libLLVM.so.22.1-rust-1.95.0-stable";
  CHECK(paths(image({{program("opt/a", library(needs)),
                      {"usr/lib/libhelper.so.1", library(driver)},
                      {"usr/lib/libx.so", library(llvm)}}}),
              "rust-toolchain")
        == Paths{"opt/a", "usr/lib/libhelper.so.1", "usr/lib/libx.so"});
}

TEST_CASE("rust-toolchain: executables by name, and links that lead to them", "[verify]") {
  const auto found = paths(image({{program("usr/bin/cargo", "#!/bin/sh\n"),
                                   program("usr/bin/cargo-audit", elf_program("")),
                                   program("usr/bin/rustc-1.78", elf_program("")),
                                   program("opt/tool", elf_program("")),
                                   link("usr/bin/rustc", "/opt/tool")}}),
                           "rust-toolchain");
  CHECK(found
        == Paths{"usr/bin/cargo", "usr/bin/cargo-audit", "usr/bin/rustc", "usr/bin/rustc-1.78"});
}

TEST_CASE("rust-toolchain: not what only bears or mentions a tool's name", "[verify]") {
  CHECK(paths(image({{{"usr/local/share/lua/5.1/cargo.lua", "return {}"},
                      {"usr/share/bash-completion/completions/cargo", "complete -F _cargo cargo\n"},
                      {"usr/share/man/man1/cargo.1", ".TH CARGO 1\n"},
                      directory("srv/cargo"),
                      {"srv/cargo/list", "x"},
                      {"usr/lib/libx.so", library({})},
                      program("usr/bin/cargoship", elf_program("cargo rustup CARGO_HOME")),
                      link("usr/bin/cargo", "/nowhere")}}),
              "rust-toolchain")
            .empty());
}

TEST_CASE("rust-toolchain-directory: one finding for all that lies in it", "[verify]") {
  auto bench = image({{{"root/.cargo/registry/src/i/serde-1.0.0/src/lib.rs", "pub fn f() {}"},
                       {"root/.cargo/registry/src/i/serde-1.0.0/Cargo.toml", "[package]"},
                       {"usr/lib/rustlib/components", "rustc"},
                       {"usr/local/cargo/registry/cache/i/a.crate", "x"},
                       {"app/out/.rustc_info.json", "{}"},
                       {"app/out/release/libx.so", "x"},
                       {"srv/t/CACHEDIR.TAG",
                        "Signature: 8a477f597d28d172789f06886806bc55\n"
                        "# This file is a cache directory tag created by cargo.\n"}}});
  const auto report = judge(bench);
  CHECK(paths(report, "rust-toolchain-directory")
        == Paths{"app/out",
                 "root/.cargo/registry",
                 "srv/t",
                 "usr/lib/rustlib",
                 "usr/local/cargo/registry"});
  CHECK(paths(report, "rust-build-residue").empty());
  const auto registry = test::found(report, "rust-toolchain-directory")[1];
  CHECK(std::get<std::int64_t>(registry.evidence.at("files")) == 2);
  REQUIRE(registry.layer);
  CHECK(registry.layer->index == 0);
}

TEST_CASE("rust-toolchain-directory: not a directory target, registry or .cargo of another make",
          "[verify]") {
  CHECK(paths(image({{{"app/target/classes/A.class", "x"},
                      {"usr/share/registry/a", "x"},
                      {"srv/cargo/registry", "a file"},
                      {"root/.cargo/config.toml", "[net]\n"},
                      {"srv/t/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n"}}}),
              "rust-toolchain-directory")
            .empty());
}

TEST_CASE("rust-build-residue: by name and by content", "[verify]") {
  rockstage::test::ElfSpec macro;
  macro.exports = {"__rustc_proc_macro_decls_0123456789abcdef__"};
  rockstage::test::ElfSpec dylib;
  dylib.exports = {"rust_metadata_std_e28293b1aa0f68bd"};
  CHECK(paths(image({{{"opt/a.bin", "!<arch>\nlib.rmeta/      0 0 0 644 4 `\nrust"},
                      {"opt/b.rmeta", "x"},
                      {"opt/c", std::string("rust\0\0\0\x09", 8)},
                      {"opt/d.d", "/w/target/release/libx.so: /w/src/lib.rs /w/src/a.rs\n"},
                      {"opt/e.rs", "fn main() {}\n"},
                      {"opt/f.so", library(macro)},
                      {"opt/g.so", library(dylib)},
                      {"opt/h/Cargo.lock", "version = 3\n"}}}),
              "rust-build-residue")
        == Paths{"opt/a.bin",
                 "opt/b.rmeta",
                 "opt/c",
                 "opt/d.d",
                 "opt/e.rs",
                 "opt/f.so",
                 "opt/g.so",
                 "opt/h/Cargo.lock"});
}

TEST_CASE("rust-build-residue: not a .d directory, a C .d file, a static library, a binary .rs",
          "[verify]") {
  CHECK(paths(image({{{"etc/ld.so.conf.d/x.conf", "/opt\n"},
                      {"opt/a.d", "a.o: a.c a.h\n"},
                      {"opt/lib.a", "!<arch>\na.o/            0 0 0 644 4 `\nabcd"},
                      {"opt/ps.rs", std::string("%!PS\0\x01", 6)},
                      {"opt/plain.so", library({})}}}),
              "rust-build-residue")
            .empty());
}

TEST_CASE("rust-in-lower-layer: says what was deleted, where, by whom, and how large it is",
          "[verify]") {
  auto bench = image({{{"etc/os-release", "ID=debian\n"}},
                      {program("usr/local/rustup/toolchains/stable/bin/cargo", elf_program(kCargo)),
                       {"usr/local/rustup/settings.toml", std::string(1000, 'x')}},
                      {{"usr/local/.wh.rustup", ""}}});
  bench.created_by = {"base", "RUN curl", "RUN rm"};
  const auto report = judge(bench);
  const auto findings = test::found(report, "rust-in-lower-layer");
  REQUIRE(findings.size() == 1);
  const auto& finding = findings[0];
  CHECK(finding.path == "usr/local/rustup");
  REQUIRE(finding.layer);
  CHECK(finding.layer->index == 1);
  CHECK(finding.layer->created_by == "RUN curl");
  CHECK(std::get<std::string>(finding.evidence.at("deleted_by")) == "RUN rm");
  CHECK(std::get<std::int64_t>(finding.evidence.at("files")) == 2);
  CHECK(finding.message.find("added by layer 1, deleted by layer 2") != std::string::npos);
  CHECK(paths(report, "rust-toolchain").empty());
}

TEST_CASE(
    "rust-in-lower-layer: nothing for other deleted files, and none where the tool can be seen",
    "[verify]") {
  CHECK(paths(image({{{"tmp/big", std::string(1000, 'x')}}, {{"tmp/.wh.big", ""}}}),
              "rust-in-lower-layer")
            .empty());
  auto bench = image({{program("usr/bin/cargo", elf_program(kCargo))}, {{"tmp/a", "a"}}});
  const auto report = judge(bench);
  CHECK(paths(report, "rust-in-lower-layer").empty());
  CHECK(paths(report, "rust-toolchain") == Paths{"usr/bin/cargo"});
}

TEST_CASE("build-backend-rock: the rock and the module", "[verify]") {
  CHECK(paths(bare_tree({directory("lib/luarocks/rocks-5.1/luarocks-build-rust-mlua"),
                         {"lib/luarocks/rocks-5.1/luarocks-build-rust-mlua/0.2-1/rock_manifest",
                          "rock_manifest = {}"},
                         {"share/lua/5.1/luarocks/build/rust-mlua.lua", "return {}"}}),
              "build-backend-rock")
        == Paths{"lib/luarocks/rocks-5.1/luarocks-build-rust-mlua",
                 "share/lua/5.1/luarocks/build/rust-mlua.lua"});
}

TEST_CASE(
    "build-backend-rock: not LuaRocks' own back-ends, nor a rock with such a word in its name",
    "[verify]") {
  CHECK(paths(image({{{"usr/share/lua/5.1/luarocks/build/builtin.lua", "return {}"},
                      {"usr/share/lua/5.1/rust.lua", "return {}"},
                      {"lib/luarocks/rocks-5.1/my-luarocks-build-x/1-1/doc/a", ""}}}),
              "build-backend-rock")
            .empty());
}

}  // namespace
}  // namespace rockstage::verify
