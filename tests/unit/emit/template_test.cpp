#include "emit/template.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace rockstage::emit {

namespace {

using Json = nlohmann::json;

/// The name of some template that is built in: what a test overrides.
std::string a_name() {
  REQUIRE_FALSE(builtin_templates().empty());
  return builtin_templates().front().name;
}

Result<std::string> filled(const std::string& text, const Json& data) {
  auto templates = Templates::with({{a_name(), "own/a.mustache", text}});
  if (!templates) return tl::unexpected<Error>(templates.error());
  return templates->render(a_name(), data);
}

std::string text_of(const std::string& text, const Json& data) {
  const auto result = filled(text, data);
  INFO(text);
  REQUIRE(result);
  return *result;
}

std::string error_of(const std::string& text, const Json& data) {
  const auto result = filled(text, data);
  INFO(text);
  REQUIRE_FALSE(result);
  CHECK(result.error().code == Errc::invalid_input);
  return result.error().message;
}

}  // namespace

TEST_CASE("template: variables stand as they are, without escapes for HTML", "[emit]") {
  const Json data = {
      {"a", "<&\"'>"}, {"n", 3}, {"b", true}, {"o", {{"x", "y"}}}, {"null", nullptr}};
  CHECK(text_of("{{a}}|{{{a}}}|{{& a }}", data) == "<&\"'>|<&\"'>|<&\"'>");
  CHECK(text_of("{{n}} {{b}} {{o.x}}{{null}}", data) == "3 true y");
}

TEST_CASE("template: a value that looks like a tag is not filled in again", "[emit]") {
  CHECK(text_of("{{a}} {", {{"a", "{{b}}\n{{#c}}"}}) == "{{b}}\n{{#c}} {");
}

TEST_CASE("template: sections repeat for lists, and are skipped for nothing", "[emit]") {
  const Json data = {{"list", {{{"x", "1"}}, {{"x", "2"}}}},
                     {"names", {"a", "b"}},
                     {"none", Json::array()},
                     {"no", false},
                     {"empty", ""},
                     {"some", "text"},
                     {"record", {{"inner", "i"}}}};
  CHECK(text_of("{{#list}}<{{x}}{{some}}>{{/list}}", data) == "<1text><2text>");
  CHECK(text_of("{{#names}}{{.}},{{/names}}", data) == "a,b,");
  CHECK(text_of("{{#none}}x{{/none}}{{#no}}x{{/no}}{{#empty}}x{{/empty}}", data).empty());
  CHECK(text_of("{{^none}}1{{/none}}{{^no}}2{{/no}}{{^empty}}3{{/empty}}{{^some}}4{{/some}}", data)
        == "123");
  CHECK(text_of("{{#some}}{{.}}{{/some}} {{#record}}{{inner}}{{/record}}", data) == "text i");
}

TEST_CASE("template: a tag alone on its line takes the line with it, and no other", "[emit]") {
  const Json data = {{"yes", true}, {"no", false}, {"list", {"a", "b"}}, {"empty", ""}};
  CHECK(text_of("1\n{{#yes}}\n2\n{{/yes}}\n3\n", data) == "1\n2\n3\n");
  CHECK(text_of("1\n  {{#no}}\n2\n  {{/no}}\n3\n", data) == "1\n3\n");
  CHECK(text_of("{{! a comment\n of two lines }}\n1\n", data) == "1\n");
  CHECK(text_of("{{#list}}\n{{.}}\n{{/list}}", data) == "a\nb\n");
  CHECK(text_of("1\n{{#yes}}\n\n2\n{{/yes}}\n\n3\n", data) == "1\n\n2\n\n3\n");
  CHECK(text_of("1 {{#no}}x{{/no}}\n2\n", data) == "1 \n2\n");
  CHECK(text_of("1\n{{empty}}\n2\n", data) == "1\n\n2\n");
  CHECK(text_of("1\r\n{{#yes}}\r\n2\r\n{{/yes}}\r\n", data) == "1\r\n2\r\n");
}

TEST_CASE("template: other delimiters let text be full of braces", "[emit]") {
  CHECK(text_of("{{=<% %>=}}\n${{ github.ref }} <% a %><%={{ }}=%>{{a}}\n", {{"a", "x"}})
        == "${{ github.ref }} xx\n");
  CHECK(error_of("\n{{=<%=}}", {}) == "own/a.mustache:2: wrong change of delimiters");
}

TEST_CASE("template: a wrong template is an error with its line", "[emit]") {
  const Json data = {
      {"yes", true}, {"runtime", "apisix"}, {"list", {"a"}}, {"record", Json::object()}};
  CHECK(error_of("1\n{{#yes}}\n", data) == "own/a.mustache:2: section 'yes' is not closed");
  CHECK(error_of("1\n2\n{{/yes}}", data)
        == "own/a.mustache:3: section 'yes' ends here, but was not opened");
  CHECK(error_of("{{#yes}}\n{{#list}}\n{{/yes}}\n{{/list}}", data)
        == "own/a.mustache:3: section 'yes' ends here, but 'list' of line 2 is still open");
  CHECK(error_of("\n\n{{runtme}}", data)
        == "own/a.mustache:3: unknown variable 'runtme' (did you mean 'runtime'?)");
  CHECK(error_of("{{#qqqqqqqqqqqq}}{{/qqqqqqqqqqqq}}", data)
        == "own/a.mustache:1: unknown variable 'qqqqqqqqqqqq'");
  CHECK(error_of("{{^runtme}}{{/runtme}}", data).find("did you mean 'runtime'")
        != std::string::npos);
  CHECK(error_of("\n{{list}}", data) == "own/a.mustache:2: 'list' is a list, not a text");
  CHECK(error_of("\n{{record}}", data) == "own/a.mustache:2: 'record' is a record, not a text");
  CHECK(error_of("\n{{>other}}", data)
        == "own/a.mustache:2: '{{>other}}' includes another template");
  CHECK(error_of("\n{{yes", data) == "own/a.mustache:2: '{{' without '}}'");
  CHECK(error_of("{{{yes}}", data) == "own/a.mustache:1: '{{' without '}}}'");
  CHECK(error_of("{{}}", data) == "own/a.mustache:1: '' is no name of a variable");
  CHECK(error_of("{{a b}}", data) == "own/a.mustache:1: 'a b' is no name of a variable");
}

TEST_CASE("template: what would make too much work is refused", "[emit]") {
  std::string deep;
  for (int i = 0; i < 40; ++i)
    deep += "{{#yes}}";
  CHECK(error_of(deep, {{"yes", true}}).find("more than 32 sections") != std::string::npos);
  CHECK(error_of(std::string(2U << 20U, 'a'), {}) == "own/a.mustache is larger than 1 MiB");

  std::string wide, end;
  for (int i = 0; i < 8; ++i) {
    wide += "{{#list}}";
    end += "{{/list}}";
  }
  const Json data = {{"list", std::vector<std::string>(50, "x")}};
  CHECK(error_of(wide + "{{.}}" + end, data).find("too long a text") != std::string::npos);
}

TEST_CASE("template: a file that is no template's is an error with the nearest name", "[emit]") {
  std::string name = a_name();
  name.erase(1, 1);
  const auto templates = Templates::with({{name, "own/" + name, ""}});
  REQUIRE_FALSE(templates);
  CHECK(templates.error().code == Errc::usage);
  CHECK(templates.error().message
        == "'own/" + name + "' is no template of rockstage (did you mean '" + a_name() + "'?)");
  CHECK(templates.error().hint.find(a_name()) != std::string::npos);
}

TEST_CASE("template: those built in are sorted, and each is one that can be read", "[emit]") {
  std::string before;
  for (const TemplateFile& file : builtin_templates()) {
    INFO(file.path);
    CHECK(before < file.name);
    CHECK(file.path == "templates/" + file.name);
    CHECK_FALSE(file.text.empty());
    CHECK(Templates::with({file}));
    before = file.name;
  }
}

TEST_CASE("template: rendering by a name that there is not is an error", "[emit]") {
  CHECK_FALSE(Templates().render("nothing.mustache", Json::object()));
}

}  // namespace rockstage::emit
