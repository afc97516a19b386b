#include "support/support.hpp"
#include "sys/process.hpp"
#include "sys/working_directory.hpp"

#include <catch2/catch.hpp>

// A program is found from where this process is, also when it is run somewhere else.
namespace rockstage::sys {
namespace {

/// Two directories that hold a program of the same name.
struct Places {
  TempDir dir = test::temp_dir();
  WorkingDirectory here;

  Places() {
    for (const std::string name : {"here", "there"})
      test::put(dir.path() + "/" + name + "/tool", "#!/bin/sh\necho " + name + "\n", 0755);
    REQUIRE(here.change(dir.path() + "/here"));
  }

  [[nodiscard]] std::string output_of(const std::string& program, const std::string& path) const {
    Command command;
    command.argv = {program};
    command.cwd = dir.path() + "/there";
    command.env.set("PATH", path);
    SystemProcessRunner runner;
    const auto result = runner.run(command);
    return result ? result->out : result.error().message;
  }
};

TEST_CASE("process: a relative program is not taken from the directory it is run in", "[sys]") {
  const Places places;
  CHECK(places.output_of("./tool", "/usr/bin:/bin") == "here\n");
}

TEST_CASE("process: a relative entry of the PATH means the directory it was looked up in",
          "[sys]") {
  const Places places;
  CHECK(places.output_of("tool", ".:/usr/bin:/bin") == "here\n");
  CHECK(places.output_of("tool", ":/usr/bin:/bin") == "here\n");
}

}  // namespace
}  // namespace rockstage::sys
