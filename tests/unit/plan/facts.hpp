#pragma once
#include "plan/plan.hpp"
#include "rock/rockspec.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace rockstage::plan {

using Texts = std::vector<std::string>;

inline constexpr const char* kTarget = "x86_64-unknown-linux-gnu";

/// A member of the workspace in /src/kit with a library of crate type cdylib.
inline cargo::Package package(const std::string& name, const std::string& directory) {
  cargo::Package out;
  out.id = "path+file://" + directory + "#" + name + "@0.3.0";
  out.name = name;
  out.version = "0.3.0";
  out.manifest_path = directory + "/Cargo.toml";
  cargo::Target library;
  library.name = name;
  std::ranges::replace(library.name, '-', '_');
  library.kinds = library.crate_types = {"cdylib"};
  out.targets.push_back(library);
  return out;
}

/// The same package with mlua and its usual features.
inline cargo::Package with_mlua(cargo::Package out) {
  cargo::Declaration mlua;
  mlua.name = "mlua";
  mlua.kind = "normal";
  mlua.features = {"module"};
  out.dependencies.push_back(mlua);
  for (const char* name : {"luajit", "lua51", "lua54"})
    out.features[name] = {std::string("mlua/") + name};
  out.features["simd"] = {};
  return out;
}

/// Facts that are the same on every machine, and a plan made of them.
struct Facts {
  Diagnostics diagnostics;
  rock::Rockspec spec;
  cargo::CrateFacts crate;
  Inputs inputs;
  BuildOptions options;

  /// The rockspec of `kit` 1.0-1 with that build table; `more` are other globals.
  explicit Facts(const std::string& build, const std::string& more = "") {
    const auto text =
        "rockspec_format = '3.0'\npackage = 'Kit'\nversion = '1.0-1'\n"
        "source = { url = 'git+https://example.org/kit.git' }\n"
        + more + "\nbuild = " + build + "\n";
    auto read = rock::read_rockspec(text, "kit-1.0-1.rockspec", diagnostics);
    if (!read) FAIL(read.error().message);
    spec = *std::move(read);
    if (spec.build_type == "rust-mlua") set_crate({with_mlua(package("kit", "/src/kit"))});
    inputs.directory = "/src/kit";
    inputs.files = {"Cargo.toml", "LICENSE", "README.md", "kit-1.0-1.rockspec"};
    inputs.licence_files = {"LICENSE"};
    inputs.document_files = {"README.md"};
    inputs.home = "/home/someone";
    inputs.host.tools = {{"CC", "gcc"},
                         {"LD", "gcc"},
                         {"CFLAGS", "-O2 -fPIC"},
                         {"LDFLAGS", ""},
                         {"LIBFLAG", "-shared"},
                         {"MAKE", "make"},
                         {"CMAKE", "cmake"}};
    inputs.host.lua_incdir = {{"luajit", "/usr/include/luajit-2.1"},
                              {"5.4", "/usr/include/lua5.4"}};
    inputs.host.lua_program = {{"luajit", "/usr/bin/luajit"}, {"5.4", "/usr/bin/lua5.4"}};
    options.tree = "/tree";
    options.cache_dir = "/cache";
  }

  Facts(const Facts&) = delete;
  Facts& operator=(const Facts&) = delete;

  void set_crate(std::vector<cargo::Package> packages) {
    auto& toolchain = crate.toolchain;
    toolchain.cargo = "/nowhere/bin/cargo";
    toolchain.cargo_version = "cargo 1.95.0 (f2d3ce0bd 2026-03-21)";
    toolchain.rustc_version = "rustc 1.95.0 (59807616e 2026-04-14)";
    toolchain.release = "1.95.0";
    toolchain.commit_hash = "59807616e";
    toolchain.host = kTarget;
    toolchain.sysroot = "/nowhere/toolchain";
    toolchain.cargo_home = "/home/someone/.cargo";
    crate.metadata.workspace_root = "/src/kit";
    crate.metadata.workspace_members.clear();
    for (const auto& one : packages)
      crate.metadata.workspace_members.push_back(one.id);
    crate.metadata.packages = std::move(packages);
    crate.lock_file = "/src/kit/Cargo.lock";
    crate.target_installed = {{kTarget, true}};
    crate.profile_panic = {{"release", "unwind"}};
    inputs.crate = &crate;
  }

  Result<Plan> make() {
    inputs.spec = &spec;
    return plan::make(inputs, options, diagnostics);
  }

  Plan must_make() {
    auto plan = make();
    if (!plan) FAIL(plan.error().message << " / " << plan.error().hint);
    return *std::move(plan);
  }

  Variant variant() { return must_make().variants.at(0); }

  Error error() {
    auto plan = make();
    if (plan) FAIL("a plan was made");
    return plan ? Error{} : std::move(plan).error();
  }

  [[nodiscard]] Texts warnings() const {
    Texts out;
    for (const auto& item : diagnostics.items())
      if (item.level == Level::warning) out.push_back(item.message);
    return out;
  }
};

/// The files that the variant copies: `from` → `to`.
inline std::vector<std::pair<std::string, std::string>> copies(const Variant& variant) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& step : variant.copies)
    out.emplace_back(step.from, step.to);
  return out;
}

inline bool has(const Texts& list, const std::string& text) {
  return std::ranges::find(list, text) != list.end();
}

inline bool contains(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

}  // namespace rockstage::plan
