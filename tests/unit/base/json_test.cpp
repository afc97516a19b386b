#include "base/json.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace rockstage {
namespace {

std::string nested(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

std::string refusal(const Result<nlohmann::json>& result) {
  if (result) return "(no error)";
  CHECK(result.error().code == Errc::invalid_input);
  return result.error().message;
}

TEST_CASE("json: a good document is taken", "[base]") {
  const auto value = parse_json(R"({"a": [1, true, null, "ü"], "b": {}})");
  REQUIRE(value);
  CHECK((*value)["a"][3] == "ü");
}

TEST_CASE("json: bad syntax is placed by line and column", "[base]") {
  CHECK(refusal(parse_json("")) == "bad JSON at line 1, column 1");
  CHECK(refusal(parse_json("{,}")) == "bad JSON at line 1, column 2");
  CHECK(refusal(parse_json("{\n  \"a\": 1,\n  \"b\": }\n")) == "bad JSON at line 3, column 8");
  CHECK(refusal(parse_json("[1] x")) == "bad JSON at line 1, column 5");
  CHECK(refusal(parse_json("[1,\n2")) == "bad JSON at line 2, column 2");
}

TEST_CASE("json: comments, trailing commas, NaN and bytes that are no UTF-8 are bad syntax",
          "[base]") {
  for (const char* text : {"// c\n1", "[1,]", "NaN", "{a: 1}", "'x'", "\"\xFF\"", "01", "\"\t\""})
    CHECK_FALSE(parse_json(text));
}

TEST_CASE("json: depth is capped, and the cap itself is allowed", "[base]") {
  CHECK(parse_json(nested(128)));
  CHECK(refusal(parse_json(nested(129))) == "JSON is nested deeper than 128 levels");
  CHECK(parse_json(nested(3), 3));
  CHECK_FALSE(parse_json(nested(4), 3));
  CHECK_FALSE(parse_json(R"({"a":{"b":{"c":{}}}})", 3));
}

TEST_CASE("json: a hostile document cannot use up the stack", "[base]") {
  CHECK(refusal(parse_json(nested(1'000'000))) == "JSON is nested deeper than 128 levels");
  CHECK_FALSE(parse_json(std::string(1'000'000, '[')));
}

TEST_CASE("json: a record is one line with sorted keys", "[base]") {
  const auto value = parse_json("{\"b\": 1,\n \"a\": {\"z\": [1,\n2], \"y\": \"l\\n\"}}");
  REQUIRE(value);
  CHECK(to_json_line(*value) == R"({"a":{"y":"l\n","z":[1,2]},"b":1})");
}

TEST_CASE("json: bytes that are no UTF-8 become U+FFFD", "[base]") {
  CHECK(to_json_line(nlohmann::json("caf\xE9")) == "\"caf\uFFFD\"");
}

}  // namespace
}  // namespace rockstage
