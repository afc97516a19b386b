#include "config/yaml_reader.hpp"

#include "support/support.hpp"

#include <catch2/catch.hpp>

namespace rockstage::config {
namespace {

using Texts = std::vector<std::string>;
using Pairs = std::vector<std::pair<std::string, std::string>>;

constexpr Key kKeys[] = {
    {"name", Kind::text},
    {"file", Kind::path},
    {"count", Kind::number},
    {"on", Kind::flag},
    {"items", Kind::list},
    {"pairs", Kind::map},
    {"inner", Kind::record},
    {"inner.name", Kind::text},
    {"inner.deep", Kind::record},
    {"inner.deep.x", Kind::text},
};

class File {
 public:
  explicit File(std::string_view text) { test::put(path(), text); }

  [[nodiscard]] std::string path() const { return dir_.path() + "/file.yaml"; }

  [[nodiscard]] Result<std::map<std::string, Setting>> read(
      UnknownKeys unknown = UnknownKeys::refuse) const {
    return read_yaml(path(), kKeys, unknown);
  }

 private:
  sys::TempDir dir_ = test::temp_dir();
};

std::map<std::string, Setting> settings(std::string_view text) {
  auto read = File(text).read();
  if (!read) FAIL(read.error().message);
  return *std::move(read);
}

/// What is said of a bad file, behind its path.
std::string refusal(std::string_view text) {
  const File file(text);
  const auto read = file.read();
  if (read) return "(no error)";
  CHECK(read.error().code == Errc::invalid_input);
  const auto& message = read.error().message;
  CHECK(message.starts_with(file.path() + ":"));
  return message.substr(std::min(message.size(), file.path().size() + 1));
}

TEST_CASE("yaml: every kind of value, with its line", "[config]") {
  const auto found = settings(
      "name: text kit\n"
      "file: ./a//b.lua\n"
      "count: 20\n"
      "on: true\n"
      "items: [a, 5.1, 'b c']\n"
      "pairs: {z: 1, a.b: c}\n"
      "inner:\n"
      "  name: x\n"
      "  deep: {x: y}\n");
  CHECK(found.at("name").texts == Texts{"text kit"});
  CHECK(found.at("name").line == 1);
  CHECK(found.at("file").texts == Texts{"a/b.lua"});
  CHECK(found.at("count").texts == Texts{"20"});
  CHECK(found.at("on").texts == Texts{"true"});
  CHECK(found.at("items").texts == Texts{"a", "5.1", "b c"});
  CHECK(found.at("pairs").pairs == Pairs{{"a.b", "c"}, {"z", "1"}});
  CHECK(found.at("inner.name").texts == Texts{"x"});
  CHECK(found.at("inner.name").line == 8);
  CHECK(found.at("inner.deep.x").texts == Texts{"y"});
  CHECK_FALSE(found.contains("inner"));
}

TEST_CASE("yaml: texts are literal", "[config]") {
  for (const std::string text : {"${HOME}/$(id)", "~/x", "`id`", "{{ x }}", "%PATH%"})
    CHECK(settings("name: '" + text + "'\n").at("name").texts == Texts{text});
  CHECK(settings("name: 1.10\n").at("name").texts == Texts{"1.10"});
  CHECK(settings("name: no\n").at("name").texts == Texts{"no"});
  CHECK(settings("name: 0x10\n").at("name").texts == Texts{"0x10"});
}

TEST_CASE("yaml: one text stands for a list of one", "[config]") {
  CHECK(settings("items: luajit\n").at("items").texts == Texts{"luajit"});
  CHECK(settings("items: []\n").at("items").texts.empty());
}

TEST_CASE("yaml: a file with nothing in it sets nothing", "[config]") {
  for (const char* text : {"", "\n", "# only a comment\n", "---\n", "{}", "\xEF\xBB\xBF# mark\n"})
    CHECK(settings(text).empty());
}

TEST_CASE("yaml: a file that is not there is not found", "[config]") {
  const auto read = read_yaml("/no/such/file.yaml", kKeys, UnknownKeys::refuse);
  REQUIRE_FALSE(read);
  CHECK(read.error().code == Errc::not_found);
}

TEST_CASE("yaml: bad syntax is told with its line", "[config]") {
  CHECK(refusal("name: x\nitems: [a\n").starts_with("3: bad YAML: "));
  CHECK(refusal("name: x\n\tfile: y\n").starts_with("2: bad YAML: "));
  CHECK(refusal("name: *nowhere\n").starts_with("1: bad YAML: "));
}

TEST_CASE("yaml: an unknown key is refused with its line and the nearest name", "[config]") {
  CHECK(refusal("name: x\nfiel: y\n") == "2: unknown key 'fiel' (did you mean 'file'?)");
  CHECK(refusal("inner:\n  nmae: y\n") == "2: unknown key 'inner.nmae' (did you mean 'name'?)");
  CHECK(refusal("zzz: y\n") == "1: unknown key 'zzz'");
  CHECK(refusal("inner.name: y\n").starts_with("1: unknown key 'inner.name'"));
  CHECK(refusal("inner: {name.x: y}\n").starts_with("1: unknown key 'inner.name.x'"));
}

TEST_CASE("yaml: unknown keys of another program's file are passed over, whatever they hold",
          "[config]") {
  const auto found =
      File("name: x\nother: {a: [1, {b: c}]}\ninner: {odd: 1, name: y}\n").read(UnknownKeys::skip);
  REQUIRE(found);
  CHECK(found->size() == 2);
  CHECK(found->at("inner.name").texts == Texts{"y"});
}

TEST_CASE("yaml: a key that stands twice is refused", "[config]") {
  CHECK(refusal("name: x\ncount: 1\nname: y\n") == "3: the key 'name' stands twice");
  CHECK(refusal("inner:\n  name: x\n  name: y\n") == "3: the key 'inner.name' stands twice");
  CHECK(refusal("pairs:\n  a: x\n  a: y\n") == "3: the key 'pairs.a' stands twice");
}

TEST_CASE("yaml: a value of another kind is refused", "[config]") {
  const std::pair<const char*, const char*> cases[] = {
      {"name: [x]", "1: 'name' must be a text"},
      {"name: {a: b}", "1: 'name' must be a text"},
      {"name:", "1: 'name' must be a text"},
      {"count: -1", "1: 'count' must be a number"},
      {"count: 1.5", "1: 'count' must be a number"},
      {"count: ''", "1: 'count' must be a number"},
      {"count: ten", "1: 'count' must be a number"},
      {"on: yes", "1: 'on' must be true or false"},
      {"on: 1", "1: 'on' must be true or false"},
      {"items: {a: b}", "1: 'items' must be a list of texts"},
      {"items:\n- a\n- [b]", "3: an item of 'items' must be a text"},
      {"pairs: [a]", "1: 'pairs' must be a mapping of texts"},
      {"pairs:\n  a:\n    - b", "3: 'pairs.a' must be a text"},
      {"inner: x", "1: 'inner' must be a mapping"},
      {"inner: [x]", "1: 'inner' must be a mapping"},
      {"inner:", "1: 'inner' must be a mapping"},
      {"- a", "1: the file is no mapping of keys to values"},
      {"just text", "1: the file is no mapping of keys to values"},
      {"[a]: b", "1: a key must be a text"},
      {"{a: b}: c", "1: a key must be a text"},
  };
  for (const auto& [text, why] : cases) {
    INFO(text);
    CHECK(refusal(text) == why);
  }
}

TEST_CASE("yaml: a path that leaves the project is refused", "[config]") {
  CHECK(refusal("file: ../x") == "1: 'file': the path '../x' has a '..' in it");
  CHECK(refusal("name: x\nfile: /etc/passwd") == "2: 'file': the path '/etc/passwd' is absolute");
  CHECK(refusal("file: \"a\\0b\"").find("holds a NUL byte") != std::string::npos);
}

TEST_CASE("yaml: anchors are taken, a bomb of them is not", "[config]") {
  CHECK(settings("name: &n x\nitems: [*n, *n]\n").at("items").texts == Texts{"x", "x"});

  std::string bomb = "l0: &l0 [a, a, a, a, a, a, a, a, a, a]\n";
  for (int i = 1; i < 12; ++i) {
    const auto below = "*l" + std::to_string(i - 1);
    bomb += "l" + std::to_string(i) + ": &l" + std::to_string(i) + " [" + below;
    for (int j = 1; j < 10; ++j)
      bomb += ", " + below;
    bomb += "]\n";
  }
  CHECK(refusal(bomb + "items: *l11\n").starts_with("1: unknown key 'l0'"));
  const auto skipped = File(bomb + "items: *l11\n").read(UnknownKeys::skip);
  REQUIRE_FALSE(skipped);
  CHECK(skipped.error().message.find("an item of 'items' must be a text") != std::string::npos);
}

TEST_CASE("yaml: one map that many aliases repeat is counted each time", "[config]") {
  std::string text = "name: &m x\nitems: [*m";
  for (int i = 0; i < 20'000; ++i)
    text += ", *m";
  CHECK(refusal(text + "]\n") == "1: the file has more than 10000 values");
}

TEST_CASE("yaml: a map that holds itself is refused", "[config]") {
  CHECK(refusal("inner: &i\n  deep: *i\n") != "(no error)");
}

TEST_CASE("yaml: depth cannot use up the stack", "[config]") {
  CHECK(refusal("name: " + std::string(100'000, '[')) != "(no error)");
  CHECK(refusal("name: " + std::string(100'000, '{')) != "(no error)");
  std::string steps;
  for (int i = 0; i < 900; ++i)
    steps += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  CHECK(refusal(steps) != "(no error)");
}

TEST_CASE("yaml: a file that is too large is not read", "[config]") {
  const auto read = File("# " + std::string(std::size_t{1} << 20, 'x')).read();
  REQUIRE_FALSE(read);
  CHECK(read.error().code == Errc::invalid_input);
  CHECK(read.error().message.find("is larger than") != std::string::npos);
}

TEST_CASE("yaml: only the first of several documents would be read, so several are refused",
          "[config]") {
  CHECK(refusal("name: x\n---\nname: y\n") == "3: the file has more than one document");
}

}  // namespace
}  // namespace rockstage::config
