#include "config/effective.hpp"

#include <catch2/catch.hpp>

namespace rockstage::config {
namespace {

using Shape = OptionInfo::Shape;
using Texts = std::vector<std::string>;

const std::vector<OptionInfo> kOptions = {
    {"lua", Shape::list, {"luajit"}},
    {"cache-dir", Shape::single, {}},
    {"doc", Shape::flag, {}},
    {"fail-on", Shape::single, {"error"}, false},
};

/// Every place that can set an option.
struct Places {
  sys::Environment environment;
  ProjectFile project, user;
  Sources sources;

  Places() {
    project.path = "/p/rockstage.yaml";
    user.path = "/home/u/.config/rockstage/config.yaml";
    sources.environment = &environment;
    sources.project = &project;
    sources.user = &user;
  }

  [[nodiscard]] Value value(const std::string& option) const {
    const auto all = effective(kOptions, sources);
    if (!all) FAIL(all.error().message);
    return all->at(option);
  }
};

TEST_CASE("effective: flag, environment, project file, user file, default, in this order",
          "[config]") {
  Places places;
  places.sources.flags["lua"] = {"5.1"};
  places.environment.set("ROCKSTAGE_LUA", "5.2");
  places.project.options["lua"] = {"5.3"};
  places.project.option_lines["lua"] = 7;
  places.user.options["lua"] = {"5.4"};
  places.user.option_lines["lua"] = 2;

  auto value = places.value("lua");
  CHECK(value.values == Texts{"5.1"});
  CHECK(value.origin == Origin::flag);
  CHECK(value.source == "--lua");

  places.sources.flags.clear();
  value = places.value("lua");
  CHECK(value.values == Texts{"5.2"});
  CHECK(value.origin == Origin::environment);
  CHECK(value.source == "ROCKSTAGE_LUA");

  places.environment.unset("ROCKSTAGE_LUA");
  value = places.value("lua");
  CHECK(value.values == Texts{"5.3"});
  CHECK(value.origin == Origin::project_file);
  CHECK(value.source == "/p/rockstage.yaml");
  CHECK(value.line == 7);

  places.project.options.clear();
  value = places.value("lua");
  CHECK(value.values == Texts{"5.4"});
  CHECK(value.origin == Origin::user_file);
  CHECK(value.line == 2);

  places.user.options.clear();
  value = places.value("lua");
  CHECK(value.values == Texts{"luajit"});
  CHECK(value.origin == Origin::fallback);
  CHECK(value.source.empty());
}

TEST_CASE("effective: without environment and files only flags and defaults count", "[config]") {
  Places places;
  places.sources.environment = nullptr;
  places.sources.project = nullptr;
  places.sources.user = nullptr;
  CHECK(places.value("lua").values == Texts{"luajit"});
  places.sources.flags["cache-dir"] = {"/c"};
  CHECK(places.value("cache-dir").values == Texts{"/c"});
  CHECK(places.value("doc").values.empty());
}

TEST_CASE("effective: an option that judges takes nothing from files", "[config]") {
  Places places;
  places.project.options["fail-on"] = {"never"};
  places.user.options["fail-on"] = {"never"};
  CHECK(places.value("fail-on").values == Texts{"error"});
  places.environment.set("ROCKSTAGE_FAIL_ON", "note");
  CHECK(places.value("fail-on").values == Texts{"note"});
}

TEST_CASE("effective: a list in the environment is comma-separated, a single value is not",
          "[config]") {
  Places places;
  places.environment.set("ROCKSTAGE_LUA", "luajit, 5.4,,");
  CHECK(places.value("lua").values == Texts{"luajit", "5.4"});
  places.environment.set("ROCKSTAGE_CACHE_DIR", "/a,b");
  CHECK(places.value("cache-dir").values == Texts{"/a,b"});
}

TEST_CASE("effective: an empty variable sets nothing", "[config]") {
  Places places;
  places.environment.set("ROCKSTAGE_LUA", "");
  CHECK(places.value("lua").origin == Origin::fallback);
}

TEST_CASE("effective: a switch in the environment takes yes and no in their usual spellings",
          "[config]") {
  Places places;
  for (const char* yes : {"1", "true", "YES", "On"}) {
    places.environment.set("ROCKSTAGE_DOC", yes);
    CHECK(places.value("doc").values == Texts{"true"});
  }
  for (const char* no : {"0", "False", "no", "off"}) {
    places.environment.set("ROCKSTAGE_DOC", no);
    CHECK(places.value("doc").values == Texts{"false"});
  }
  places.environment.set("ROCKSTAGE_DOC", "maybe");
  const auto all = effective(kOptions, places.sources);
  REQUIRE_FALSE(all);
  CHECK(all.error().code == Errc::usage);
  CHECK(all.error().message
        == "ROCKSTAGE_DOC is a switch: 1, true, yes, on, 0, false, no or off, not 'maybe'");
}

TEST_CASE("effective: variables of ours that name no option are listed", "[config]") {
  const sys::Environment environment({{"ROCKSTAGE_LUA", "5.1"},
                                      {"ROCKSTAGE_CACHE_DIR", "/c"},
                                      {"ROCKSTAGE_LAU", "5.1"},
                                      {"ROCKSTAGE_", ""},
                                      {"ROCKSTAGE_ACCEPT", "1"},
                                      {"ROCKSTAGE_REQUIRE_ALL", "1"},
                                      {"ROCKSTAGE_WRAPPER_LUA", "luajit"},
                                      {"ROCKSTAGE_WRAPPER_TREE", "/t"},
                                      {"XROCKSTAGE_Y", "1"}});
  CHECK(unknown_variables(environment, {"lua", "cache-dir"})
        == Texts{"ROCKSTAGE_", "ROCKSTAGE_LAU"});
}

TEST_CASE("effective: an option's variable has its name in capitals", "[config]") {
  CHECK(environment_name("cache-dir") == "ROCKSTAGE_CACHE_DIR");
  CHECK(environment_name("j") == "ROCKSTAGE_J");
}

}  // namespace
}  // namespace rockstage::config
