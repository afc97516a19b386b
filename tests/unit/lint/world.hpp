#pragma once
#include "base/rules.hpp"
#include "lint/lint.hpp"
#include "rock/rockspec.hpp"
#include "support/support.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace rockstage::lint {

/// A rock in a scratch directory, in which nothing is wrong until a test makes it so.
struct World {
  sys::TempDir directory = test::temp_dir();
  rock::Rockspec spec;
  cargo::CrateFacts crate;
  Request request;

  /// The rock `kit` 1.0-1 with the fields `build` in its build table.
  explicit World(const std::string& build = "type = 'none'",
                 const std::string& description = "license = 'MIT'") {
    const auto text = "package = 'kit'\nversion = '1.0-1'\ndescription = {" + description
                      + "}\nsource = {url = 'git+https://example.org/kit.git'}\nbuild = {" + build
                      + "}\n";
    Diagnostics diagnostics;
    auto read = rock::read_rockspec(text, "kit-1.0-1.rockspec", diagnostics);
    INFO(text << (read ? "" : read.error().message));
    REQUIRE(read);
    spec = *std::move(read);
    request.inputs.directory = directory.path();
    request.inputs.licence_files = {"LICENSE"};
    if (spec.build_type == "rust-mlua") add_crate();
  }

  Findings run() {
    request.inputs.spec = &spec;
    return lint::run(request);
  }

  /// The findings of one rule.
  Findings of(const char* rule) {
    auto all = run();
    std::erase_if(all, [rule](const Finding& finding) { return finding.rule != rule; });
    return all;
  }

  /// The only finding of that rule.
  Finding only(const char* rule) {
    const auto found = of(rule);
    REQUIRE(found.size() == 1);
    CHECK(found.front().severity == find_rule(rule)->severity);
    CHECK_FALSE(found.front().fix.empty());
    return found.front();
  }

  cargo::Package& package() { return crate.metadata.packages.front(); }

  void put(const std::string& name, std::string_view text) {
    test::put(directory.path() + "/" + name, text);
  }

 private:
  /// A crate `kit` whose features make it a module for LuaJIT and Lua 5.4.
  void add_crate() {
    const auto root = directory.path();
    cargo::Declaration mlua;
    mlua.name = "mlua";
    mlua.kind = "normal";
    mlua.features = {"module"};
    cargo::Package kit;
    kit.id = "path+file://" + root + "#kit@0.3.0";
    kit.name = "kit";
    kit.version = "0.3.0";
    kit.manifest_path = root + "/Cargo.toml";
    kit.targets = {{"kit", {"cdylib"}, {"cdylib"}, {}, root + "/src/lib.rs"}};
    kit.features = {{"luajit", {"mlua/luajit"}}, {"lua54", {"mlua/lua54"}}};
    kit.dependencies = {mlua};
    crate.toolchain.release = "1.85.0";
    crate.toolchain.host = "x86_64-unknown-linux-gnu";
    crate.target_installed = {{crate.toolchain.host, true}};
    crate.metadata.workspace_root = root;
    crate.metadata.workspace_members = {kit.id};
    crate.metadata.packages = {kit};
    crate.lock_file = root + "/Cargo.lock";
    request.inputs.crate = &crate;
  }
};

inline bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

inline constexpr const char* kRust = "type = 'rust-mlua', modules = {kit = 'kit'}";

}  // namespace rockstage::lint
