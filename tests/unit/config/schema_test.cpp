#include "config/schema.hpp"

#include "base/json.hpp"
#include "support/support.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <map>
#include <string>

namespace rockstage::config {
namespace {

using Kinds = std::map<std::string, std::string>;

/// What a schema says of one key, in one word.
std::string word(const nlohmann::json& schema) {
  if (schema.contains("$ref")) {
    const auto ref = schema["$ref"].get<std::string>();
    return ref == "#/$defs/texts" || ref == "#/$defs/luas" ? "list" : ref;
  }
  if (schema.contains("const") || schema.contains("enum")) return "text";
  auto type = schema["type"].is_array() ? schema["type"][0] : schema["type"];
  if (type == "object" && schema.contains("properties")) return "record";
  if (type == "object") return "map";
  if (type == "boolean") return "flag";
  if (type == "integer") return "number";
  return type == "string" ? "text" : type.dump();
}

const char* word(Kind kind) {
  switch (kind) {
    case Kind::record:
      return "record";
    case Kind::number:
      return "number";
    case Kind::flag:
      return "flag";
    case Kind::list:
      return "list";
    case Kind::map:
    case Kind::path_map:
      return "map";
    case Kind::text:
    case Kind::path:
    case Kind::directory:
      return "text";
  }
  return "";
}

/// Every key of a schema, by its dotted path.
void collect(const nlohmann::json& schema, const std::string& prefix, Kinds& out) {
  CHECK(schema["additionalProperties"] == false);
  for (const auto& [name, value] : schema["properties"].items()) {
    INFO(prefix + name);
    out[prefix + name] = word(value);
    CHECK((value.contains("description") || value.contains("examples") || word(value) == "record"));
    if (word(value) == "record") collect(value, prefix + name + ".", out);
  }
}

Kinds of_schema(const std::string& name) {
  const auto schema = parse_json(test::get(test::fixture("../../docs/formats/" + name)));
  REQUIRE(schema);
  CHECK((*schema)["$schema"] == "https://json-schema.org/draft/2020-12/schema");
  Kinds out;
  collect(*schema, "", out);
  return out;
}

Kinds of_reader(std::span<const Key> keys) {
  Kinds out;
  for (const auto& key : keys)
    out[std::string(key.path)] = word(key.kind);
  return out;
}

TEST_CASE("schema: project.schema.json has the keys that the reader takes, of the same kinds",
          "[config]") {
  CHECK(of_schema("project.schema.json") == of_reader(project_keys()));
}

TEST_CASE("schema: user-config.schema.json has the keys that the reader takes, of the same kinds",
          "[config]") {
  CHECK(of_schema("user-config.schema.json") == of_reader(user_keys()));
}

TEST_CASE("schema: a key of the user's file is the option that it sets", "[config]") {
  for (const auto& key : user_keys())
    CHECK(key.path == key.option);
}

TEST_CASE("schema: a record stands before what is in it", "[config]") {
  std::map<std::string, Kind> seen;
  for (const auto& key : project_keys()) {
    const std::string path(key.path);
    INFO(path);
    if (const auto dot = path.rfind('.'); dot != std::string::npos)
      CHECK(seen.at(path.substr(0, dot)) == Kind::record);
    CHECK(seen.emplace(path, key.kind).second);
  }
}

}  // namespace
}  // namespace rockstage::config
