#include "build/build_scripts.hpp"

#include "support/support.hpp"

#include <catch2/catch.hpp>

using namespace rockstage;
using build::Cause;

namespace {

const build::Surroundings kAround{{{"cargo's target directory", "/one/target", "/other/compiled"}},
                                  1'763'735'012};

std::string message(const std::string& name, const std::string& env, const std::string& out_dir) {
  return R"({"reason":"build-script-executed","package_id":"path+file:///k/)" + name
         + R"(#0.1.0","linked_libs":[],"linked_paths":[],"cfgs":[],"env":)" + env
         + R"(,"out_dir":")" + out_dir + R"("})";
}

std::vector<build::ScriptRun> runs(const std::vector<std::string>& lines) {
  std::vector<build::ScriptRun> out;
  for (const auto& line : lines)
    build::read_script_line(line, out);
  return out;
}

std::vector<build::ScriptDifference> compared(const std::vector<build::ScriptRun>& first,
                                              const std::vector<build::ScriptRun>& second) {
  auto out = build::compare_scripts(first, second, kAround);
  REQUIRE(out);
  return *std::move(out);
}

}  // namespace

TEST_CASE("build scripts: read from cargo's messages, once for each OUT_DIR", "[build]") {
  const auto found = runs({"   Compiling stamp v0.1.0",
                           R"({"reason":"compiler-artifact","package_id":"x"})",
                           message("stamp", R"([["A","old"]])", "/o/1"),
                           message("stamp", R"([["A","1"],["B"],7,["C",2]])", "/o/1"),
                           message("stamp", "null", "/o/2"),
                           R"({"reason":"build-script-executed)",
                           R"(["build-script-executed"])"});
  REQUIRE(found.size() == 2);
  CHECK(found[0].package == "stamp 0.1.0");
  CHECK(found[0].environment == std::map<std::string, std::string>{{"A", "1"}});
  CHECK(found[0].out_dir == "/o/1");
  CHECK(found[1].environment.empty());
}

TEST_CASE("build scripts: a recorder hears what it hands on", "[build]") {
  class Cargo final : public sys::ProcessRunner {
   public:
    Result<sys::ProcessResult> run(const sys::Command& command) override {
      if (command.on_stdout_line) command.on_stdout_line(message("stamp", "[]", "/o"));
      return sys::ProcessResult{};
    }
  } cargo;

  build::ScriptRecorder recorder(cargo);
  sys::Command command;
  REQUIRE(recorder.run(command));
  CHECK(recorder.runs().empty());
  std::string heard;
  command.on_stdout_line = [&](std::string_view line) { heard = line; };
  REQUIRE(recorder.run(command));
  CHECK(heard == message("stamp", "[]", "/o"));
  CHECK(recorder.runs().size() == 1);

  const auto dir = test::temp_dir();
  test::put(dir.path() + "/messages/7.json", message("more", "[]", "/p") + "\nno message");
  REQUIRE(recorder.read_kept(dir.path()));
  REQUIRE(recorder.runs().size() == 2);
  CHECK(recorder.runs()[1].package == "more 0.1.0");
  REQUIRE(recorder.read_kept(dir.path() + "/none"));
}

TEST_CASE("build scripts: variables and files that differ, by package", "[build]") {
  const auto dir = test::temp_dir();
  const std::string a = dir.path() + "/a", b = dir.path() + "/b";
  test::put(a + "/built.rs", "pub const AT: u64 = 1763735010;\n");
  test::put(b + "/built.rs", "pub const AT: u64 = 1763735012;\n");
  const auto first = runs({message("same", R"([["A","1"]])", "/none"),
                           message("stamp", R"([["DIR","/one/target/x"],["V","1"]])", a),
                           message("gone", R"([["A","1"]])", "/none/2")});
  const auto second = runs({message("stamp", R"([["DIR","/other/compiled/x"],["V","1"]])", b),
                            message("same", R"([["A","1"]])", "/none")});
  const auto found = compared(first, second);
  REQUIRE(found.size() == 2);
  CHECK(found[0].package == "stamp 0.1.0");
  CHECK(found[0].output == "DIR");
  CHECK(found[0].verdict.cause == Cause::path);
  CHECK(found[0].verdict.what == "cargo's target directory");
  CHECK(found[1].output == "OUT_DIR/built.rs");
  CHECK(found[1].verdict.cause == Cause::time);
}

TEST_CASE("build scripts: the one whose value stands in both files is named", "[build]") {
  const auto scripts = compared(runs({message("other", R"([["AT","1763735010"]])", "/1"),
                                      message("stamp", R"([["CHANCE","aaaa1"]])", "/2")}),
                                runs({message("other", R"([["AT","1763735012"]])", "/1"),
                                      message("stamp", R"([["CHANCE","bbbb2"]])", "/2")}));
  REQUIRE(scripts.size() == 2);
  build::Difference difference;
  difference.cause = Cause::unknown;
  name_build_script(difference, "text aaaa1 text", "text bbbb2 text", scripts);
  CHECK(difference.build_script == "stamp 0.1.0");
  CHECK(difference.output == "CHANCE");
  CHECK(difference.cause == Cause::randomness);
}

TEST_CASE("build scripts: else one that differs for the same reason", "[build]") {
  const auto scripts = compared(runs({message("stamp", R"([["AT","1763735010"]])", "/1")}),
                                runs({message("stamp", R"([["AT","1763735012"]])", "/1")}));
  build::Difference time;
  time.cause = Cause::time;
  name_build_script(time, "x", "y", scripts);
  CHECK(time.build_script == "stamp 0.1.0");

  build::Difference path;
  path.cause = Cause::path;
  name_build_script(path, "x", "y", scripts);
  CHECK(path.build_script.empty());
  CHECK(path.cause == Cause::path);
}

TEST_CASE("build scripts: a variable with a path is blamed only where it stands in the file",
          "[build]") {
  const auto scripts = compared(runs({message("sys", R"([["DIR","/one/target/x"]])", "/1")}),
                                runs({message("sys", R"([["DIR","/other/compiled/x"]])", "/1")}));
  build::Difference difference;
  difference.cause = Cause::path;
  name_build_script(difference, "/one/target/y", "/other/compiled/y", scripts);
  CHECK(difference.build_script.empty());
  name_build_script(difference, "in /one/target/x", "in /other/compiled/x", scripts);
  CHECK(difference.build_script == "sys 0.1.0");
}

TEST_CASE("build scripts: what a compiler leaves beside its output is not blamed", "[build]") {
  const auto dir = test::temp_dir();
  const std::string a = dir.path() + "/a", b = dir.path() + "/b";
  test::put(a + "/build/CMakeOutput.log", "at 14:23:30\n");
  test::put(b + "/build/CMakeOutput.log", "at 14:23:32\n");
  const auto scripts = compared(runs({message("sys", "[]", a)}), runs({message("sys", "[]", b)}));
  REQUIRE(scripts.size() == 1);
  build::Difference difference;
  difference.cause = Cause::time;
  name_build_script(difference, "x", "y", scripts);
  CHECK(difference.build_script.empty());
}
