#include "emit/dockerfile.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <fstream>
#include <random>

// Random instructions for tests/e2e/dockerfile_quoting.sh: what was meant, and what print() made of
// it. BuildKit's own packages read it there (tests/support/dockerfile_grammar).
namespace rockstage::emit {

namespace {

using Json = nlohmann::json;

/// What the reader sets A to.
constexpr const char* kValueOfA = "a 'b\" $c\\";

class Generator {
 public:
  std::size_t below(std::size_t end) { return engine_() % end; }

  std::string value() {
    static const std::vector<std::string> nasty = {
        "",        " ",     "$HOME",   "${HOME:-x}", "$(x)",   "`x`",    "<<EOF",  "0<<-EOF",
        "#",       "--x=y", "[\"a\"]", "[1]",        "\\",     "a\\",    "\\\\",   "a b\\ ",
        "'",       "\"",    "\t",      "é",          "\u00a0", "\u2028", "\ufeff", "*?[a]",
        "a=b c=d", "-",     "日本語",  "=",          "{{x}}",  "$$",     "${",     "\\n",
        "a#b",     "&& x",  "; x",     "\u0085"};
    static const std::string alphabet = "abXZ019 \t$\"'\\`#-<>[]{}()=&|;*?!~^%,:@/.";
    if (below(3) == 0) return nasty[below(nasty.size())];
    std::string text;
    for (std::size_t length = below(12); length > 0; --length)
      text += below(8) == 0 ? nasty[below(nasty.size())]
                            : std::string(1, alphabet[below(alphabet.size())]);
    if (below(40) == 0) text += '\n';
    return text;
  }

  /// A text, and what it is for a reader to whom A is kValueOfA.
  std::pair<Text, std::string> text() {
    if (below(3) != 0) {
      const std::string plain = value();
      return {literal(plain), plain};
    }
    // A `$` before it would make another reference of it.
    std::string before = value(), after = value();
    for (std::string* part : {&before, &after})
      part->erase(std::remove(part->begin(), part->end(), '$'), part->end());
    const char* reference = below(2) == 0 ? "${A}" : "${A:-d/e}";
    return {expansion(before + reference + after), before + kValueOfA + after};
  }

 private:
  std::mt19937 engine_{20261121};
};

struct Case {
  Instruction instruction;
  Json meant;
};

Case pairs(Generator& random, bool label) {
  std::vector<std::pair<std::string, Text>> values;
  Json meant = {{"kind", label ? "label" : "env"}, {"pairs", Json::array()}};
  for (std::size_t i = 0; i <= random.below(3); ++i) {
    auto [text, read] = random.text();
    const std::string key = (label ? "org.x-" : "K_") + std::to_string(i);
    values.emplace_back(key, text);
    meant["pairs"].push_back({key, read});
  }
  if (label) return {Label{values}, meant};
  return {Env{values}, meant};
}

Case copy(Generator& random) {
  Copy copy{"base", {}, "/x/" + random.value(), random.below(2) == 0 ? "636:0" : "", false};
  for (std::size_t i = 0; i <= random.below(3); ++i)
    copy.sources.push_back(random.value());
  if (random.below(2) == 0) copy.from.clear();
  std::string to = copy.to;
  if (copy.sources.size() > 1 && !to.ends_with('/')) to += '/';
  return {copy,
          {{"kind", "copy"},
           {"from", copy.from},
           {"chown", copy.chown},
           {"sources", copy.sources},
           {"to", to}}};
}

/// The program `p` writes its arguments, each with a NUL behind it.
Case shell_run(Generator& random) {
  Run run;
  std::string output;
  for (std::size_t i = 0; i <= random.below(3); ++i) {
    ShellCommand command{{literal("p")}, ""};
    for (std::size_t word = 0; word <= random.below(3); ++word) {
      auto [text, read] = random.text();
      command.words.push_back(text);
      output += read + '\0';
    }
    run.commands.push_back(std::move(command));
  }
  run.mounts.push_back({Mount::Type::cache, "x-$A1", "/a/b", "locked", false});
  if (random.below(2) == 0) run.mounts.push_back({Mount::Type::secret, "ca", "/c", "", true});
  return {run, {{"kind", "shell"}, {"output", output}, {"mounts", run.mounts.size()}}};
}

Case exec_run(Generator& random) {
  Run run;
  run.exec.push_back("/bin/x");
  for (std::size_t i = random.below(4); i > 0; --i)
    run.exec.push_back(random.value());
  return {run, {{"kind", "exec"}, {"words", run.exec}}};
}

Case any(Generator& random) {
  switch (random.below(8)) {
    case 0: {
      const std::string value = random.value();
      return {Arg{"NAME", value}, {{"kind", "arg"}, {"value", value}}};
    }
    case 1: {
      const std::string path = "/" + random.value();
      return {Workdir{path}, {{"kind", "workdir"}, {"path", path}}};
    }
    case 2:
      return pairs(random, true);
    case 3:
      return pairs(random, false);
    case 4:
      return copy(random);
    case 5:
      return shell_run(random);
    case 6:
      return exec_run(random);
    default:
      return {Comment{random.value() + "\n" + random.value()}, {{"kind", "comment"}}};
  }
}

}  // namespace

TEST_CASE("dockerfile: random instructions for BuildKit's own grammar", "[.dockerfile_grammar]") {
  Generator random;
  Json cases = Json::array();
  std::size_t refused = 0;
  while (cases.size() < 3000) {
    const Case one = any(random);
    const Style style = random.below(2) == 0 ? Style::portable : Style::buildkit;
    const Comment first{random.below(2) == 0 ? "escape=`" : "Syntax = docker/dockerfile:1"};
    const auto text = print({first,
                             From{literal("debian:12"), "base", ""},
                             one.instruction,
                             Env{{{"LAST", literal("x")}}}},
                            style);
    if (text)
      cases.push_back({{"meant", one.meant}, {"text", *text}});
    else
      ++refused;
  }
  // What is refused is the rare newline, backslash in a path, or empty path.
  CHECK(refused < cases.size() / 4);
  std::ofstream("cases.json") << Json{{"a", kValueOfA}, {"cases", cases}}.dump();
}

}  // namespace rockstage::emit
