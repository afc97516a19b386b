#pragma once
#include "emit/image.hpp"
#include "runtime/profiles.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

namespace rockstage::test {

/// A request for an image of textkit, with a short smoke test so that goldens show the rest.
struct ImageCase {
  explicit ImageCase(const std::string& runtime = "apisix-debian") {
    auto found = runtime::find_profile(runtime);
    if (!found) FAIL(found.error().message);
    profile = *std::move(found);
    request.profile = &profile;
    request.catalogue = &runtime::builtin_catalogue();
    request.lua = profile.lua;
    request.tool_version = "1.2.3";
    request.rocks = {textkit()};
    const std::string smoke =
        "for _, name in ipairs({ {{#modules}}{{.}}, {{/modules}} }) do require(name) end\n";
    auto own = emit::Templates::with({{"smoke.lua.mustache", "smoke.lua.mustache", smoke}});
    if (!own) FAIL(own.error().message);
    templates = *std::move(own);
  }

  ImageCase(const ImageCase&) = delete;
  ImageCase& operator=(const ImageCase&) = delete;

  /// A crate with a native module and a Lua wrapper, as planned for amd64.
  static emit::ImageRock textkit() {
    emit::ImageRock rock;
    rock.name = "textkit";
    rock.version = "1.2.0-1";
    rock.summary = "Text as people see it";
    rock.license = "Apache-2.0";
    rock.files = {"Cargo.lock", "Cargo.toml", "lua/textkit/init.lua", "src/lib.rs"};
    rock.has_lock_file = true;
    rock.plan.name = rock.name;
    rock.plan.version = rock.version;
    rock.plan.build_type = "rust-mlua";
    rock.plan.source = "/home/someone/textkit";
    rock.plan.variants = {rust_variant("x86_64-unknown-linux-gnu")};
    return rock;
  }

  static plan::Variant rust_variant(const std::string& target) {
    plan::Variant variant;
    variant.target = target;
    cargo::CompileStep step;
    step.manifest_path = "/home/someone/textkit/Cargo.toml";
    step.package = "textkit";
    step.package_version = "1.2.0";
    step.library = "textkit_core";
    step.target = target;
    step.features = {"luajit"};
    step.target_dir = "/home/someone/textkit/target";
    step.rustflags = {"--remap-path-prefix=/home/someone/textkit=/src",
                      "--remap-path-prefix=/home/someone/textkit/target=/build"};
    if (target.ends_with("-musl"))
      step.rustflags.insert(step.rustflags.end(), {"-C", "target-feature=-crt-static"});
    step.profile_values = {{"incremental", "false"}, {"strip", "\"symbols\""}};
    variant.compiles = {step};
    variant.libraries = {{"textkit.core", "textkit_core", "lib/textkit/core.so", "modules"}};
    plan::CopyStep copy;
    copy.from = "{work}/lua/textkit/init.lua";
    copy.to = "lua/textkit/init.lua";
    variant.copies = {copy};
    return variant;
  }

  /// A rock whose own commands build and install it.
  static emit::ImageRock jsonscan() {
    emit::ImageRock rock;
    rock.name = "jsonscan";
    rock.version = "0.3.1-1";
    rock.license = "MIT OR Apache-2.0";
    rock.files = {"Cargo.lock", "Cargo.toml", "lua/jsonscan.lua", "src/lib.rs"};
    rock.has_lock_file = true;
    rock.plan.build_type = "command";
    rock.plan.source = "/home/someone/jsonscan";
    plan::Variant variant;
    variant.target = "x86_64-unknown-linux-gnu";
    variant.work_in_copy = variant.shim_cargo = true;
    plan::RunStep build, install;
    build.shell = "cargo build --release";
    install.shell =
        "mkdir -p \"{rock}/lib\" &&\n cp target/release/libjsonscan.so \"{rock}/lib/jsonscan.so\"\n"
        "cp lua/jsonscan.lua {rock}/lua";
    variant.runs = {build, install};
    rock.plan.variants = {variant};
    return rock;
  }

  emit::Image decided() {
    auto image = emit::decide(request, diagnostics);
    if (!image) FAIL(image.error().message);
    return *std::move(image);
  }

  std::string dockerfile() {
    const auto image = decided();
    auto text = request.only_rock ? emit::dockerfile_of_rock(image, templates)
                                  : emit::dockerfile(image, templates);
    if (!text) FAIL(text.error().message);
    return *std::move(text);
  }

  Error error() {
    auto image = emit::decide(request, diagnostics);
    if (image) FAIL("an image was decided on");
    return image ? Error{} : std::move(image).error();
  }

  runtime::Profile profile;
  emit::ImageRequest request;
  emit::Templates templates;
  Diagnostics diagnostics;
};

}  // namespace rockstage::test
