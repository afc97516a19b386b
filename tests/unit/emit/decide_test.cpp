#include "emit/image.hpp"
#include "image_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace rockstage;
using test::ImageCase;

namespace {

bool contains(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

bool says(const Diagnostics& diagnostics, const std::string& part) {
  return std::ranges::any_of(diagnostics.items(), [&part](const Diagnostic& item) {
    return item.message.find(part) != std::string::npos;
  });
}

/// "2.36" → 236
int glibc(const std::string& version) {
  return std::stoi(version.substr(0, version.find('.'))) * 100
         + std::stoi(version.substr(version.find('.') + 1));
}

}  // namespace

TEST_CASE("decide: no builder is newer than its runtime", "[image]") {
  for (const auto& profile : runtime::builtin_profiles()) {
    if (profile.libc.family != "glibc") continue;
    ImageCase image(profile.name);
    image.request.base = "gateway:1";
    const auto chosen = image.decided().builder_image;
    const auto& builders = image.request.catalogue->builders;
    const auto builder = std::ranges::find(builders, chosen, &runtime::Builder::image);
    INFO(profile.name << " gets " << chosen);
    REQUIRE(builder != builders.end());
    CHECK(glibc(builder->libc.version) <= glibc(profile.libc.version));
  }
}

TEST_CASE("decide: a builder that is too new gives way to one that fits", "[image]") {
  ImageCase image;
  image.profile.libc.version = "2.31";
  CHECK(image.decided().builder_image == "rust:1-bullseye");
  image.profile.libc.version = "2.17";
  CHECK(contains(image.error().hint, "--builder-image"));
}

TEST_CASE("decide: a runtime without a public image needs --base", "[image]") {
  for (const char* name : {"generic-luajit", "debian-luajit", "kong-debian", "kong-rpm"}) {
    ImageCase image(name);
    const auto error = image.error();
    CHECK(error.code == Errc::usage);
    CHECK(contains(error.hint, "--base"));
    image.request.base = "gateway:1";
    CHECK(image.decided().base == "gateway:1");
  }
}

TEST_CASE("decide: rockstage's own builder is for glibc 2.36 and later", "[image]") {
  for (const char* name : {"apisix-dev", "apisix-redhat", "openresty-alpine"}) {
    ImageCase image(name);
    image.request.builder = emit::BuilderKind::rockstage;
    const auto error = image.error();
    CHECK(error.code == Errc::usage);
    CHECK(contains(error.hint, "plain"));
  }
  ImageCase image;
  image.request.builder = emit::BuilderKind::rockstage;
  CHECK(image.decided().builder_image == "rockstage-builder:1.2.3");
}

TEST_CASE("decide: a destination that the runtime does not have", "[image]") {
  ImageCase image;
  image.request.destination = "usr-lokal";
  const auto error = image.error();
  CHECK(error.code == Errc::usage);
  CHECK(contains(error.message, "usr-local"));
}

TEST_CASE("decide: a rock without modules is refused", "[image]") {
  ImageCase image;
  auto& variant = image.request.rocks.front().plan.variants.front();
  variant.libraries.clear();
  variant.copies.clear();
  CHECK(image.error().code == Errc::invalid_input);
}

TEST_CASE("decide: two rocks with one file are refused", "[image]") {
  ImageCase image;
  image.request.rocks.push_back(ImageCase::textkit());
  image.request.rocks.back().name = "other";
  CHECK(contains(image.error().message, "lib/lua/5.1/textkit/core.so"));
}

TEST_CASE("decide: modules and files are those of the plan", "[image]") {
  const auto image = ImageCase().decided();
  CHECK(
      image.staged
      == std::vector<std::string>{"lib/lua/5.1/textkit/core.so", "share/lua/5.1/textkit/init.lua"});
  REQUIRE(image.modules.size() == 2);
  CHECK(image.modules[0].name == "textkit");
  CHECK(image.modules[1].kind == emit::ImageModule::Kind::native);
}

TEST_CASE("decide: what a command rock copies is seen in its text", "[image]") {
  ImageCase image;
  image.request.rocks = {ImageCase::jsonscan()};
  const auto decided = image.decided();
  CHECK(decided.staged
        == std::vector<std::string>{"lib/lua/5.1/jsonscan.so", "share/lua/5.1/jsonscan.lua"});
  CHECK(decided.modules[0].kind != decided.modules[1].kind);
  image.request.rocks.front().plan.variants.front().runs.clear();
  CHECK(image.decided().modules.empty());
  CHECK(says(image.diagnostics, "known only when its commands have run"));
}

TEST_CASE("decide: patches need rockstage", "[image]") {
  ImageCase image;
  image.request.rocks.front().plan.variants.front().work_in_copy = true;
  CHECK(contains(image.error().hint, "--builder rockstage"));
  image.request.builder = emit::BuilderKind::rockstage;
  image.decided();
}

TEST_CASE("decide: libraries that the base may lack are named with their package", "[image]") {
  ImageCase image;
  image.request.rocks.front().libraries = {"libsodium.so.23"};
  image.request.rocks.front().sys_crates = {"openssl-sys"};
  image.decided();
  CHECK(says(image.diagnostics, "libsodium.so.23"));
  CHECK(says(image.diagnostics, "libssl.so.3"));
}

TEST_CASE("decide: a licence that is no SPDX expression is said", "[image]") {
  ImageCase image;
  image.request.rocks.front().license = "MIT/X11";
  image.decided();
  CHECK(says(image.diagnostics, "MIT/X11"));
}

TEST_CASE("decide: what is no reference of an image is refused, also where it would only be quoted",
          "[image]") {
  ImageCase image;
  for (const char* bad : {"a b:1", "$HOME:1", "a\"b:1", "-a:1", "a:1\nRUN true"}) {
    image.request.base = bad;
    CHECK(contains(image.error().message, "--base"));
    image.request.base = "registry.example.org:5000/a_b/c-d:1.2@sha256:0123";
    image.decided();
    image.request.tags = {"example.org/a:1", bad};
    CHECK(contains(image.error().message, "--tag"));
    image.request.tags.clear();
  }
}
