#include "config/effective.hpp"

#include <catch2/catch.hpp>

namespace rockstage::config {
namespace {

using Texts = std::vector<std::string>;
using Shape = OptionInfo::Shape;

const std::vector<OptionInfo> kOptions = {{"lua", Shape::list, {"luajit"}},
                                          {"cache-dir", Shape::single, {}},
                                          {"locked", Shape::flag, {"false"}},
                                          {"fail-on", Shape::single, {"error"}, false}};

ProjectFile file_with(const std::string& path, std::map<std::string, Texts> options) {
  ProjectFile file;
  file.path = path;
  int line = 0;
  for (const auto& [name, values] : options)
    file.option_lines[name] = ++line;
  file.options = std::move(options);
  return file;
}

Value value_of(const std::string& option, const Sources& sources) {
  auto values = effective(kOptions, sources);
  if (!values) FAIL(values.error().message);
  return values->at(option);
}

TEST_CASE("effective: flag, environment, project file, user file, default, in this order",
          "[config]") {
  sys::Environment environment;
  environment.set("ROCKSTAGE_LUA", "5.2");
  const auto project = file_with("/p/rockstage.yaml", {{"cache-dir", {"/c"}}, {"lua", {"5.3"}}});
  const auto user = file_with("/u/config.yaml", {{"lua", {"5.4"}}});
  Sources sources{{{"lua", {"5.1"}}}, &environment, &project, &user};

  auto value = value_of("lua", sources);
  CHECK(value.values == Texts{"5.1"});
  CHECK(value.origin == Origin::flag);
  CHECK(value.source == "--lua");

  sources.flags.clear();
  value = value_of("lua", sources);
  CHECK(value.values == Texts{"5.2"});
  CHECK(value.origin == Origin::environment);
  CHECK(value.source == "ROCKSTAGE_LUA");

  environment.set("ROCKSTAGE_LUA", "");  // empty is as good as unset
  value = value_of("lua", sources);
  CHECK(value.values == Texts{"5.3"});
  CHECK(value.origin == Origin::project_file);
  CHECK(value.source == "/p/rockstage.yaml");
  CHECK(value.line == 2);

  sources.project = nullptr;
  value = value_of("lua", sources);
  CHECK(value.values == Texts{"5.4"});
  CHECK(value.origin == Origin::user_file);
  CHECK(value.line == 1);

  sources.user = nullptr;
  value = value_of("lua", sources);
  CHECK(value.values == Texts{"luajit"});
  CHECK(value.origin == Origin::fallback);
  CHECK(value.source.empty());
}

TEST_CASE("effective: every option asked for has an answer, also without any source", "[config]") {
  const auto values = effective(kOptions, {});
  REQUIRE(values);
  CHECK(values->size() == kOptions.size());
  CHECK(values->at("cache-dir").values.empty());
}

TEST_CASE("effective: a gate takes nothing from files", "[config]") {
  const auto project = file_with("/p", {{"fail-on", {"never"}}});
  sys::Environment environment;
  Sources sources{{}, &environment, &project, &project};
  CHECK(value_of("fail-on", sources).values == Texts{"error"});
  environment.set("ROCKSTAGE_FAIL_ON", "note");
  CHECK(value_of("fail-on", sources).values == Texts{"note"});
}

TEST_CASE("effective: a list in the environment is separated by commas", "[config]") {
  sys::Environment environment;
  const Sources sources{{}, &environment, nullptr, nullptr};
  environment.set("ROCKSTAGE_LUA", " luajit, 5.4 ,,");
  CHECK(value_of("lua", sources).values == Texts{"luajit", "5.4"});
  environment.set("ROCKSTAGE_CACHE_DIR", "/a,b");
  CHECK(value_of("cache-dir", sources).values == Texts{"/a,b"});
}

TEST_CASE("effective: a switch in the environment says yes or no in many ways", "[config]") {
  sys::Environment environment;
  const Sources sources{{}, &environment, nullptr, nullptr};
  for (const char* yes : {"1", "true", "yes", "on", "TRUE", "Yes"}) {
    environment.set("ROCKSTAGE_LOCKED", yes);
    CHECK(value_of("locked", sources).values == Texts{"true"});
  }
  for (const char* no : {"0", "false", "no", "off", "Off"}) {
    environment.set("ROCKSTAGE_LOCKED", no);
    CHECK(value_of("locked", sources).values == Texts{"false"});
  }
  environment.set("ROCKSTAGE_LOCKED", "maybe");
  const auto bad = effective(kOptions, sources);
  REQUIRE_FALSE(bad);
  CHECK(bad.error().code == Errc::usage);
  CHECK(bad.error().message
        == "ROCKSTAGE_LOCKED is a switch: 1, true, yes, on, 0, false, no or off, not 'maybe'");
}

TEST_CASE("effective: variables that name no option are found", "[config]") {
  CHECK(environment_name("cache-dir") == "ROCKSTAGE_CACHE_DIR");
  CHECK(environment_name("lua") == "ROCKSTAGE_LUA");
  sys::Environment environment;
  for (const char* name : {"ROCKSTAGE_LUA",
                           "ROCKSTAGE_LAU",
                           "ROCKSTAGE_",
                           "ROCKSTAGE_cache_dir",
                           "ROCKSTAGE_ACCEPT",
                           "ROCKSTAGE_WRAPPER_TREE",
                           "MY_ROCKSTAGE_X",
                           "LUA"})
    environment.set(name, "x");
  CHECK(unknown_variables(environment, {"lua", "cache-dir"})
        == Texts{"ROCKSTAGE_", "ROCKSTAGE_LAU", "ROCKSTAGE_cache_dir"});
}

}  // namespace
}  // namespace rockstage::config
