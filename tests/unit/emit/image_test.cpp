#include "emit/image.hpp"

#include "emit/dockerfile.hpp"
#include "image_fixture.hpp"
#include "support/support.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace rockstage;
using test::ImageCase;

namespace {

constexpr const char* kOwnBase =
    "registry.example.org/gateway:1.0"
    "@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

bool contains(const std::string& text, const std::string& part) {
  INFO(text);
  INFO(part);
  return text.find(part) != std::string::npos;
}

/// Compared with its golden, and held against the rules of the linters.
void check(const std::string& name, const std::string& text) {
  INFO(name);
  for (const auto& message : emit::lint(text)) {
    UNSCOPED_INFO(message.rule << " line " << message.line << ": " << message.message);
    CHECK(message.rule.empty());
  }
  test::golden("dockerfile/" + name + ".Dockerfile", text);
}

std::string target_for(const runtime::Profile& profile, const std::string& machine) {
  return machine + (profile.libc.family == "musl" ? "-unknown-linux-musl" : "-unknown-linux-gnu");
}

}  // namespace

TEST_CASE("image: each runtime has its Dockerfile", "[image]") {
  for (const auto& profile : runtime::builtin_profiles()) {
    ImageCase image(profile.name);
    image.request.rocks.front().plan.variants = {
        ImageCase::rust_variant(target_for(profile, "x86_64"))};
    if (!emit::decide(image.request, image.diagnostics)) image.request.base = kOwnBase;
    check(profile.name, image.dockerfile());
  }
}

TEST_CASE("image: the buildkit style", "[image]") {
  ImageCase image;
  image.request.style = emit::Style::buildkit;
  check("apisix-debian.buildkit", image.dockerfile());
}

TEST_CASE("image: the builder with rockstage in it", "[image]") {
  ImageCase image;
  image.request.builder = emit::BuilderKind::rockstage;
  check("apisix-debian.rockstage", image.dockerfile());
}

TEST_CASE("image: only the rock, for a final stage of one's own", "[image]") {
  ImageCase image;
  image.request.only_rock = true;
  const auto text = image.dockerfile();
  CHECK(!contains(text, "AS runtime"));
  check("apisix-debian.only-rock", text);
}

TEST_CASE("image: arm64 is compiled on the builder's own platform", "[image]") {
  ImageCase image;
  image.request.platforms = {"linux/amd64", "linux/arm64"};
  image.request.rocks.front().plan.variants = {
      ImageCase::rust_variant("x86_64-unknown-linux-gnu"),
      ImageCase::rust_variant("aarch64-unknown-linux-gnu")};
  const auto text = image.dockerfile();
  CHECK(contains(text, "FROM --platform=$BUILDPLATFORM rust:1-bookworm AS builder"));
  check("apisix-debian.platforms", text);
}

TEST_CASE("image: musl is compiled on the image's platform", "[image]") {
  ImageCase image("openresty-alpine");
  image.request.platforms = {"linux/arm64"};
  image.request.rocks.front().plan.variants = {
      ImageCase::rust_variant("aarch64-unknown-linux-musl")};
  const auto text = image.dockerfile();
  CHECK(!contains(text, "BUILDPLATFORM"));
  CHECK(contains(text, "target-feature=-crt-static"));
}

TEST_CASE("image: two rocks, of which one has commands of its own", "[image]") {
  ImageCase image;
  image.request.rocks.push_back(ImageCase::jsonscan());
  image.request.rocks[0].directory = "rocks/textkit";
  image.request.rocks[1].directory = "rocks/jsonscan";
  const auto text = image.dockerfile();
  CHECK(contains(text, "cargo build --locked --release"));
  CHECK(contains(text, "licenses=\"Apache-2.0 AND (MIT OR Apache-2.0)\""));
  check("apisix-debian.two-rocks", text);
}

TEST_CASE("image: a git URL is cloned in the builder", "[image]") {
  ImageCase image;
  image.request.rocks.front().git_url = "https://git.example.org/textkit.git";
  image.request.rocks.front().git_commit = std::string(40, 'a');
  const auto text = image.dockerfile();
  CHECK(!contains(text, "COPY Cargo"));
  check("apisix-debian.git", text);
}

TEST_CASE("image: C modules get the headers, with a version", "[image]") {
  ImageCase image;
  std::erase(image.profile.libraries, "libz.so.1");
  std::erase(image.profile.assumed_libraries, "libz.so.1");
  auto& rock = image.request.rocks.front();
  rock.plan.build_type = "builtin";
  rock.files = {"src/core.c"};
  plan::Variant variant;
  variant.target = "x86_64-unknown-linux-gnu";
  plan::RunStep run;
  run.argv = {"gcc",
              "-I/usr/include/luajit-2.1",
              "-shared",
              "-o",
              "{objects}/core.so",
              "src/core.c",
              "-lz"};
  plan::CopyStep copy;
  copy.from = "{objects}/core.so";
  copy.to = "lib/textkit/core.so";
  variant.runs = {run};
  variant.copies = {copy};
  rock.plan.variants = {variant};
  check("apisix-debian.c-module", image.dockerfile());
  const auto& notes = image.diagnostics.items();
  CHECK(std::ranges::any_of(notes, [](const Diagnostic& note) {
    return contains(note.message, "libz.so.1") && contains(note.hint, "zlib1g");
  }));
}

TEST_CASE("image: apisix-deps belongs to the gateway's user", "[image]") {
  ImageCase image;
  image.request.destination = "apisix-deps";
  CHECK(contains(image.dockerfile(),
                 "COPY --from=smoke --chown=636:0 /rock/lib/lua/5.1/ "
                 "/usr/local/apisix/deps/lib/lua/5.1/"));
}

TEST_CASE("image: a flat destination takes both directories", "[image]") {
  ImageCase image;
  image.request.destination = "openresty-site";
  const auto text = image.dockerfile();
  CHECK(contains(text, "/rock/share/lua/5.1/ /usr/local/openresty/site/lualib/\n"));
  CHECK(contains(text, "/rock/lib/lua/5.1/ /usr/local/openresty/site/lualib/\n"));
}

TEST_CASE("image: what the plan does not fill is not copied", "[image]") {
  ImageCase image;
  image.request.rocks.front().plan.variants.front().copies.clear();
  CHECK(!contains(image.dockerfile(), "/rock/share"));
}

TEST_CASE("image: the final stage runs nothing", "[image]") {
  const auto text = ImageCase().dockerfile();
  const auto last = text.substr(text.find("AS runtime"));
  for (const char* word : {"\nRUN ", "\nUSER ", "\nENTRYPOINT ", "\nCMD "})
    CHECK(last.find(word) == std::string::npos);
}

TEST_CASE("image: a label of one's own takes the place of ours", "[image]") {
  ImageCase image;
  image.request.labels = {{"org.opencontainers.image.title", "My \"gateway\" $1"}};
  const auto text = image.dockerfile();
  CHECK(contains(text, "image.title=\"My \\\"gateway\\\" \\$1\""));
  CHECK(!contains(text, "image.title=textkit"));
}

TEST_CASE("image: a value that no Dockerfile can carry is refused", "[image]") {
  ImageCase image;
  image.request.labels = {{"note", "two\nlines"}};
  const auto text = emit::dockerfile(image.decided(), image.templates);
  REQUIRE(!text);
  CHECK(text.error().code == Errc::invalid_input);
}

TEST_CASE("image: a compiler flag with a blank is refused", "[image]") {
  ImageCase image;
  image.request.rocks.front().plan.variants.front().compiles.front().rustflags = {
      "-Clink-args=-a b"};
  const auto text = emit::dockerfile(image.decided(), image.templates);
  REQUIRE(!text);
  CHECK(contains(text.error().message, "-Clink-args=-a b"));
}

TEST_CASE("image: all files, sorted by name, are known as ours", "[image]") {
  ImageCase image;
  const auto files = emit::image_files(image.request, emit::Templates(), image.diagnostics);
  if (!files) FAIL(files.error().message);
  std::vector<std::string> names;
  for (const auto& file : *files) {
    names.push_back(file.name);
    CHECK(emit::is_ours(file.name, file.text));
    CHECK(!emit::is_ours(file.name, "# by hand\n" + file.text.substr(0, 0)));
  }
  CHECK(names
        == std::vector<std::string>{"Dockerfile",
                                    "Dockerfile.dockerignore",
                                    "docker-bake.json",
                                    "files.cst.yaml",
                                    "smoke.cst.yaml",
                                    "smoke.lua"});
}
