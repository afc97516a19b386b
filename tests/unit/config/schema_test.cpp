#include "config/schema.hpp"

#include "base/json.hpp"
#include "config/yaml_reader.hpp"
#include "lua/types.hpp"
#include "support/support.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

// The schemas that editors read say the same as the reader.
namespace rockstage::config {
namespace {

using Json = nlohmann::json;
using Names = std::vector<std::string>;

class Schema {
 public:
  explicit Schema(const std::string& name) {
    auto parsed = parse_json(
        test::get(std::string(ROCKSTAGE_TESTS_DIR) + "/../docs/formats/" + name + ".schema.json"));
    if (!parsed) FAIL(parsed.error().message);
    root_ = *std::move(parsed);
    collect(root_, "");
  }

  [[nodiscard]] const Json& root() const { return root_; }

  /// Every property by its dotted path, references resolved.
  [[nodiscard]] const std::map<std::string, Json>& properties() const { return properties_; }

  [[nodiscard]] Json at(const std::string& path) const { return properties_.at(path); }

  [[nodiscard]] Json resolved(Json node) const {
    if (node.contains("$ref")) {
      const auto target = node["$ref"].get<std::string>().substr(1);
      node.update(root_.at(Json::json_pointer(target)));
    }
    return node;
  }

 private:
  void collect(const Json& node, const std::string& prefix) {
    if (!node.contains("properties")) return;
    for (const auto& [name, property] : node["properties"].items()) {
      properties_[prefix + name] = resolved(property);
      collect(property, prefix + name + ".");
    }
  }

  Json root_;
  std::map<std::string, Json> properties_;
};

bool has_type(const Json& property, const std::string& type) {
  if (!property.contains("type")) return false;
  return property["type"] == type
         || (property["type"].is_array() && property["type"].front() == type);
}

/// Whether what the schema allows is what the reader takes for `kind`.
bool fits(const Schema& schema, const Json& property, Kind kind) {
  switch (kind) {
    case Kind::record:
      return has_type(property, "object") && property["additionalProperties"] == false;
    case Kind::text:
      return has_type(property, "string") && !property.contains("pattern");
    case Kind::path:
      return has_type(property, "string") && property.contains("pattern");
    case Kind::number:
      return has_type(property, "integer") && property["minimum"] == 0;
    case Kind::flag:
      return has_type(property, "boolean");
    case Kind::list: {
      if (!property.contains("anyOf") || property["anyOf"].size() != 2) return false;
      const auto one = schema.resolved(property["anyOf"][0]);
      const auto& many = property["anyOf"][1];
      return has_type(many, "array") && schema.resolved(many["items"]) == one
             && (has_type(one, "string") || one.contains("enum"));
    }
    case Kind::map:
      return has_type(property, "object") && has_type(property["additionalProperties"], "string");
  }
  return false;
}

void check_keys(const Schema& schema, std::span<const Key> keys) {
  std::set<std::string> known;
  for (const auto& key : keys) {
    INFO(key.path);
    known.insert(std::string(key.path));
    REQUIRE(schema.properties().contains(std::string(key.path)));
    const auto property = schema.at(std::string(key.path));
    CHECK(fits(schema, property, key.kind));
    CHECK(property.contains("description"));
    if (property.contains("description"))
      CHECK(property["description"].get<std::string>().ends_with('.'));
  }
  for (const auto& [path, property] : schema.properties()) {
    INFO(path);
    CHECK(known.contains(path));
  }
}

TEST_CASE("schema: the project file's schema has its keys, with their kinds", "[config]") {
  check_keys(Schema("project"), project_keys());
}

TEST_CASE("schema: the user file's schema has its keys, with their kinds", "[config]") {
  check_keys(Schema("user-config"), user_keys());
}

TEST_CASE("schema: both are of draft 2020-12 and allow nothing else at the top", "[config]") {
  for (const char* name : {"project", "user-config"}) {
    const Schema schema(name);
    CHECK(schema.root()["$schema"] == "https://json-schema.org/draft/2020-12/schema");
    CHECK(schema.root()["type"] == "object");
    CHECK(schema.root()["additionalProperties"] == false);
  }
}

TEST_CASE("schema: closed sets of values are written out", "[config]") {
  const std::pair<const char*, Names> sets[] = {
      {"build.type", {"rust"}},
      {"dockerfile.style", {"portable", "buildkit"}},
      {"dockerfile.builder", {"plain", "rockstage"}},
      {"dockerfile.destination", {"usr-local", "openresty-site", "apisix-deps", "apisix-extra"}},
      {"export.sbom", {"cyclonedx"}},
      {"export.format", {"tar", "tar.gz", "tar.zst", "tar.xz", "zip", "rock"}},
  };
  const Schema project("project");
  for (const auto& [path, values] : sets)
    CHECK(project.at(path)["enum"] == Json(values));
  CHECK(project.at("verify.rules")["additionalProperties"]["enum"]
        == Json(Names{"error", "warning", "note"}));
  const Schema user("user-config");
  CHECK(user.at("color")["enum"] == Json(Names{"auto", "always", "never"}));
  CHECK(user.at("deps-mode")["enum"] == Json(Names{"none", "one", "order", "all"}));
}

TEST_CASE("schema: the Luas are those that rocks are built for, also as YAML numbers", "[config]") {
  for (const char* name : {"project", "user-config"}) {
    const Schema schema(name);
    std::set<std::string> listed;
    for (const auto& value : schema.root()["$defs"]["lua"]["enum"])
      listed.insert(value.is_string() ? value.get<std::string>() : value.dump());
    std::set<std::string> known;
    for (const auto lua : lua::kAllLuas)
      known.insert(lua::to_string(lua));
    CHECK(listed == known);
  }
}

TEST_CASE("schema: parents stand before their children, and no key stands twice", "[config]") {
  for (const auto keys : {project_keys(), user_keys()}) {
    std::set<std::string_view> seen;
    for (const auto& key : keys) {
      INFO(key.path);
      CHECK(seen.insert(key.path).second);
      const auto dot = key.path.rfind('.');
      if (dot != key.path.npos) CHECK(seen.contains(key.path.substr(0, dot)));
    }
  }
  CHECK(std::ranges::is_sorted(user_keys(), {}, &Key::path));
}

TEST_CASE("schema: a key of the user's file is the option of its name", "[config]") {
  for (const auto& key : user_keys())
    CHECK(key.option == key.path);
}

}  // namespace
}  // namespace rockstage::config
