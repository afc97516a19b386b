#include "facts.hpp"
#include "plan/parts.hpp"

namespace rockstage::plan {
namespace {

Result<RustSettings> settings(const std::string& arguments, const BuildOptions& options = {}) {
  Facts facts("{ type = 'rust-mlua', modules = { 'kit' }, cargo_extra_args = " + arguments + " }");
  return rust_settings(facts.spec, options);
}

TEST_CASE("cargo_extra_args: what cargo is told there becomes a setting", "[plan]") {
  const auto found = settings(
      "{ '--profile dist', '--package=kit-lua', '--manifest-path', 'rust/Cargo.toml', "
      "'-F a,b --features \"c d\"', '--no-default-features', '--frozen', '-j 3' }");
  REQUIRE(found);
  CHECK(found->profile == "dist");
  CHECK(found->package == "kit-lua");
  CHECK(found->manifest == "rust/Cargo.toml");
  CHECK(found->features == Texts{"a", "b", "c", "d"});
  CHECK_FALSE(found->default_features);
  CHECK_FALSE(found->all_features);
  CHECK(found->locked);
  CHECK(found->offline);
  CHECK(found->jobs == 3);
}

TEST_CASE("cargo_extra_args: without any there are cargo's and rust-mlua's defaults", "[plan]") {
  const auto found = settings("{}");
  REQUIRE(found);
  CHECK(found->profile == "release");
  CHECK(found->manifest == "Cargo.toml");
  CHECK(found->default_features);
  CHECK_FALSE(found->locked);
  CHECK(found->jobs == 0);
}

TEST_CASE("cargo_extra_args: what changes nothing here is accepted", "[plan]") {
  CHECK(settings("{ '--release', '--lib', '-v', '--quiet' }"));
}

TEST_CASE("cargo_extra_args: what is not understood is an error that names the argument",
          "[plan]") {
  for (const char* word : {"--bins", "-Zbuild-std", "kit", "--target=x"}) {
    const auto found = settings("{ '" + std::string(word) + "' }");
    REQUIRE_FALSE(found);
    CHECK(found.error().code == Errc::invalid_input);
    CHECK(found.error().message
          == "build.cargo_extra_args: '" + std::string(word) + "' is not understood");
  }
  for (const char* bad : {"{ '--profile' }", "{ '--jobs=many' }", "{ '--jobs=0' }"}) {
    const auto found = settings(bad);
    REQUIRE_FALSE(found);
    CHECK(found.error().code == Errc::invalid_input);
  }
}

TEST_CASE("cargo_extra_args: options are stronger, features add up", "[plan]") {
  BuildOptions options;
  options.profile = "fast";
  options.package = "other";
  options.manifest_path = "x/Cargo.toml";
  options.features = {"own"};
  options.jobs = 9;
  options.all_features = true;
  options.offline = true;
  const auto found = settings(
      "{ '--profile dist --package p --manifest-path m/Cargo.toml --features f --jobs 2' }",
      options);
  REQUIRE(found);
  CHECK(found->profile == "fast");
  CHECK(found->package == "other");
  CHECK(found->manifest == "x/Cargo.toml");
  CHECK(found->features == Texts{"own", "f"});
  CHECK(found->jobs == 9);
  CHECK(found->all_features);
  CHECK(found->offline);
}

TEST_CASE("manifest path: the option, else cargo_extra_args, else Cargo.toml of the sources",
          "[plan]") {
  Facts plain("{ type = 'rust-mlua', modules = { 'kit' } }");
  CHECK(manifest_path(plain.spec, "/src/kit", {}).value() == "/src/kit/Cargo.toml");
  Facts named(
      "{ type = 'rust-mlua', modules = { 'kit' }, cargo_extra_args = '--manifest-path "
      "./rust/../native/Cargo.toml' }");
  CHECK(manifest_path(named.spec, "/src/kit", {}).value() == "/src/kit/native/Cargo.toml");
  BuildOptions options;
  options.manifest_path = "/elsewhere/Cargo.toml";
  CHECK(manifest_path(named.spec, "/src/kit", options).value() == "/elsewhere/Cargo.toml");
  CHECK(profile_name(named.spec, {}).value() == "release");
}

}  // namespace
}  // namespace rockstage::plan
