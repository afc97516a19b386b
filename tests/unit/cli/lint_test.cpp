#include "support/cli/cli_run.hpp"
#include "support/support.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace rockstage;
using Catch::Matchers::Contains;

namespace {

/// A rock without a licence, of which lint has a note.
struct Rock {
  sys::TempDir dir = test::temp_dir();
  test::CliRun run{dir.path()};

  Rock() {
    test::put(
        dir.path() + "/kit/kit-1.0-1.rockspec",
        "package = 'kit'\nversion = '1.0-1'\nsource = { url = 'git+https://example.org/kit' }\n"
        "build = { type = 'builtin', modules = { kit = 'kit.lua' } }\n");
    test::put(dir.path() + "/kit/kit.lua", "return {}\n");
  }

  void project(const std::string& level) const {
    test::put(dir.path() + "/kit/rockstage.yaml",
              "verify:\n  rules:\n    rock-licence: " + level + "\n");
  }

  [[nodiscard]] test::CliResult lint(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> args = {"lint", dir.path() + "/kit", "--json"};
    args.insert(args.end(), more.begin(), more.end());
    return run(args);
  }
};

std::string severity_of(const test::CliResult& result, const std::string& rule) {
  const auto data = result.data();
  for (const auto& finding : data.at("findings"))
    if (finding.at("rule") == rule) return finding.at("severity");
  return "none";
}

}  // namespace

TEST_CASE("lint: a project file may raise a rule by verify.rules, and not lower it", "[cli]") {
  const Rock rock;
  CHECK(rock.lint().exit == 0);
  CHECK(severity_of(rock.lint(), "rock-licence") == "note");

  rock.project("error");
  const auto raised = rock.lint();
  CHECK(raised.exit == 3);
  CHECK(severity_of(raised, "rock-licence") == "error");
  CHECK(rock.lint({"--isolated"}).exit == 0);

  rock.project("off");
  const auto lowered = rock.lint();
  CHECK(lowered.exit == 4);
  CHECK_THAT(lowered.out + lowered.err, Contains("verify.rules may only raise"));
}
