#include "report/doctor.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace rockstage;
using Catch::Matchers::Contains;

namespace {

const std::vector<report::ExaminedTool> kTools = {
    {"cargo", "/usr/bin/cargo", "1.95.0", true, "build", ""},
    {"docker", "/usr/bin/docker", "", false, "smoke --image", "start the daemon"},
    {"buildah", "", "", false, "dockerfile", "install Debian's buildah"},
};

}  // namespace

TEST_CASE("doctor report: a line for each tool, hints with what they are for below", "[report]") {
  CHECK(report::doctor_text(kTools)
        == "cargo    ok       1.95.0  /usr/bin/cargo\n"
           "docker   not ok           /usr/bin/docker\n"
           "buildah  missing\n"
           "\n"
           "docker: start the daemon\n"
           "  for: smoke --image\n"
           "buildah: install Debian's buildah\n"
           "  for: dockerfile\n");
}

TEST_CASE("doctor report: without hints there is no second part", "[report]") {
  CHECK(report::doctor_text({kTools.front()}) == "cargo  ok       1.95.0  /usr/bin/cargo\n");
}

TEST_CASE("doctor report: what a program said about itself is escaped", "[report]") {
  CHECK_THAT(report::doctor_text({{"cc", "/x", "\x1b[31m", true, "build", ""}}),
             Contains("\\x1B[31m"));
}

TEST_CASE("doctor report: every key is there, null for nothing", "[report]") {
  const auto data = report::doctor_data(kTools);
  REQUIRE(data.at("tools").size() == 3);
  CHECK(data["tools"][2]
        == nlohmann::json({{"name", "buildah"},
                           {"path", nullptr},
                           {"version", nullptr},
                           {"ok", false},
                           {"needed_for", "dockerfile"},
                           {"hint", "install Debian's buildah"}}));
  CHECK(data["tools"][0]["hint"].is_null());
}
