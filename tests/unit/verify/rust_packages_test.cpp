#include "subject_bench.hpp"

#include <catch2/catch.hpp>

namespace rockstage::verify {
namespace {

using test::elf_program;
using test::image;
using test::judge;
using test::link;
using test::paths;
using test::program;
using Paths = std::vector<std::string>;

TEST_CASE("rust-package: dpkg, distroless and apk", "[verify]") {
  CHECK(
      paths(
          image({{{"var/lib/dpkg/status", "Package: cargo-web\nStatus: install ok installed\n\n"}},
                 {{"tmp/a", "a"}}}),
          "rust-package")
      == Paths{"var/lib/dpkg/status"});
  CHECK(paths(image({{{"var/lib/dpkg/status.d/rustc", "Package: rustc\nVersion: 1\n"}}}),
              "rust-package")
        == Paths{"var/lib/dpkg/status.d/rustc"});
  CHECK(paths(image({{{"lib/apk/db/installed", "P:musl\n\nP:rust\n\n"}}}), "rust-package")
        == Paths{"lib/apk/db/installed"});
}

TEST_CASE("rust-package: not programs that were only written in Rust, nor removed packages",
          "[verify]") {
  CHECK(paths(image({{{"var/lib/dpkg/status",
                       "Package: rust-coreutils\nStatus: install ok installed\n\n"
                       "Package: librsvg2-2\nStatus: install ok installed\n\n"
                       "Package: rustc\nStatus: deinstall ok config-files\n"}}}),
              "rust-package")
            .empty());
}

TEST_CASE("not-judged: a database of rpm", "[verify]") {
  auto bench = image({{{"var/lib/rpm/rpmdb.sqlite", "SQLite format 3"}}});
  const auto report = judge(bench);
  REQUIRE(paths(report, "not-judged") == Paths{"var/lib/rpm/rpmdb.sqlite"});
  const auto& rules = report.platforms[0].rules;
  const auto status = std::ranges::find(rules, std::string("rust-package"), &RuleStatus::rule);
  REQUIRE(status != rules.end());
  CHECK(status->state == RuleState::not_judged);
  CHECK_FALSE(status->reason.empty());
}

TEST_CASE("rust-environment: homes of cargo and rustup, and their PATH", "[verify]") {
  auto bench = image({{{"a", "a"}}});
  bench.config.env = {
      "PATH=/usr/local/cargo/bin:/usr/bin", "RUSTUP_HOME=/usr/local/rustup", "CARGO_HOME=/c"};
  CHECK(paths(bench, "rust-environment").size() == 3);
}

TEST_CASE("rust-environment: not a name that only begins like it", "[verify]") {
  auto bench = image({{{"a", "a"}}});
  bench.config.env = {"PATH=/usr/local/bin:/usr/bin", "CARGO_HOMEPAGE=x", "RUST_LOG=debug"};
  CHECK(paths(bench, "rust-environment").empty());
}

TEST_CASE("c-toolchain: compilers and make under Debian's names, a warning with --strict",
          "[verify]") {
  auto bench = image({{program("usr/bin/make", elf_program("")),
                       program("usr/bin/x86_64-linux-gnu-gcc-12", elf_program("")),
                       link("usr/bin/gcc", "x86_64-linux-gnu-gcc-12")}});
  auto request = test::request();
  const auto findings = test::found(judge(bench, request), "c-toolchain");
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].severity == Severity::note);
  CHECK(std::get<Paths>(findings[0].evidence.at("files"))
        == Paths{"usr/bin/make", "usr/bin/x86_64-linux-gnu-gcc-12"});
  request.strict = true;
  CHECK(test::found(judge(bench, request), "c-toolchain").at(0).severity == Severity::warning);
}

TEST_CASE("c-toolchain: not a directory, document or library of that name", "[verify]") {
  CHECK(paths(image({{{"usr/lib/gcc/x", "x"},
                      {"usr/share/doc/make", "text"},
                      program("usr/bin/cmake-format", "#!/bin/sh\n"),
                      program("usr/bin/ldd", "#!/bin/bash\n")}}),
              "c-toolchain")
            .empty());
}

}  // namespace
}  // namespace rockstage::verify
