#include "runtime/profiles.hpp"

#include "runtime/catalogue.hpp"
#include "support/support.hpp"
#include "sys/files.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace rockstage;

namespace {

bool has(const std::vector<std::string>& list, const std::string& text) {
  return std::ranges::find(list, text) != list.end();
}

std::string error_of(const std::string& yaml) {
  const auto dir = test::temp_dir();
  const auto file = dir.path() + "/own.yaml";
  REQUIRE(sys::write_file(file, yaml));
  const auto profiles = runtime::read_profiles(file);
  REQUIRE(!profiles);
  CHECK(profiles.error().code == Errc::invalid_input);
  const auto& message = profiles.error().message;
  REQUIRE(message.starts_with(dir.path() + "/"));
  return message.substr(dir.path().size() + 1);
}

}  // namespace

TEST_CASE("runtime: every built-in profile is complete", "[runtime]") {
  const auto& profiles = runtime::builtin_profiles();
  CHECK(profiles.size() == 29);
  CHECK(std::ranges::is_sorted(profiles, {}, &runtime::Profile::name));
  for (const auto& profile : profiles) {
    INFO(profile.name);
    CHECK(!profile.title.empty());
    CHECK(!profile.search.empty());
    CHECK(profile.destinations.at(0).name == "usr-local");
    CHECK(profile.version_directory == lua::version_directory(profile.lua));
    CHECK(has(profile.builtin_modules, "string"));
    CHECK(!profile.builder_image.empty());
    CHECK(profile.libc.family.empty() == profile.name.starts_with("generic-"));
  }
}

TEST_CASE("runtime: profiles say what their sources say", "[runtime]") {
  const auto apisix = runtime::find_profile("apisix-debian").value();
  CHECK(apisix.libc.family == "glibc");
  CHECK(apisix.libc.version == "2.36");
  CHECK(apisix.libc.verified);
  CHECK(apisix.user.uid == 636);
  CHECK(apisix.lua == lua::Lua::openresty);
  CHECK(apisix.stop_signal == "SIGQUIT");
  CHECK(has(apisix.libraries, "libgcc_s.so.1"));
  CHECK(has(apisix.assumed_libraries, "libyaml-0.so.2"));
  CHECK(has(apisix.builtin_modules, "apisix.*"));
  const auto alpine = runtime::find_profile("openresty-alpine").value();
  CHECK(alpine.libc.family == "musl");
  CHECK_FALSE(alpine.libc.verified);
  CHECK(alpine.builder_libc.version == "1.2.5");
  const auto generic = runtime::find_profile("generic-5.4").value();
  CHECK(generic.user.uid == -1);
  CHECK(has(generic.builtin_modules, "utf8"));
  CHECK_FALSE(has(generic.builtin_modules, "ffi"));
}

TEST_CASE("runtime: every Lua has a generic profile", "[runtime]") {
  for (const auto lua : lua::kAllLuas)
    CHECK(runtime::find_profile(runtime::generic_profile(lua)).has_value());
}

TEST_CASE("runtime: an unknown name brings the nearest", "[runtime]") {
  const auto found = runtime::find_profile("apisix-debain");
  REQUIRE(!found);
  CHECK(found.error().code == Errc::usage);
  CHECK(found.error().message.find("did you mean 'apisix-debian'") != std::string::npos);
}

TEST_CASE("runtime: one's own profile may use names that are built in", "[runtime]") {
  const auto dir = test::temp_dir();
  const auto file = dir.path() + "/own.yaml";
  REQUIRE(sys::write_file(file,
                          "schema: rockstage.runtimes/1\n"
                          "path_sets:\n"
                          "  ours: {path: [\"/opt/?.lua\"], cpath: [\"/opt/?.so\"]}\n"
                          "profiles:\n"
                          "  - name: ours\n"
                          "    lua: {runtime: luajit}\n"
                          "    search: {luajit: ours, nginx: openresty-nginx}\n"
                          "    libraries: [glibc, libown.so.3]\n"));
  const auto profiles = runtime::read_profiles(file).value();
  REQUIRE(profiles.size() == 1);
  CHECK(profiles[0].search.at(0).second.cpath == std::vector<std::string>{"/opt/?.so"});
  CHECK(profiles[0].search.at(1).second.path.size() > 5);
  CHECK(has(profiles[0].libraries, "libown.so.3"));
  CHECK(has(profiles[0].builtin_modules, "ffi"));
  CHECK(runtime::find_profile("ours", profiles)->name == "ours");
}

TEST_CASE("runtime: a file of profiles is refused at the line that is wrong", "[runtime]") {
  const std::string head = "schema: rockstage.runtimes/1\nprofiles:\n  - name: a\n";
  CHECK(error_of(head + "    lua: {runtim: luajit}\n")
        == "own.yaml:4: unknown key 'runtim' (did you mean 'runtime'?)");
  CHECK(error_of(head + "    lua: {runtime: \"5.4\"}\n    search: {luajit: debian-lua5.5}\n")
            .starts_with("own.yaml:5: unknown path set 'debian-lua5.5' (did you mean"));
  CHECK(error_of(head + "    lua: {runtime: \"5.4\"}\n    user: {uid: x}\n")
        == "own.yaml:5: 'uid' must be a whole number from 0");
  CHECK(error_of("schema: other\n") == "own.yaml:1: 'schema' must be rockstage.runtimes/1");
  CHECK(
      error_of(head + "    lua: &a {runtime: luajit}\n    libc: *a\n").starts_with("own.yaml:5:"));
  CHECK(error_of("- x\n") == "own.yaml:1: 'the file' must be a mapping");
}

TEST_CASE("runtime: platforms have a machine and a triplet", "[runtime]") {
  CHECK(runtime::triplet("linux/arm64") == "aarch64-linux-gnu");
  CHECK(runtime::machine("linux/arm64/v8") == "aarch64");
  CHECK(runtime::machine("linux/amd64") == "x86_64");
  CHECK(runtime::triplet("linux/arm/v7") == "arm-linux-gnueabihf");
  CHECK(runtime::machine("plan9/mips").empty());
  CHECK(!runtime::machine(runtime::host_platform()).empty());
}
