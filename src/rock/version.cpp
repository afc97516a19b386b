#include "rock/version.hpp"

#include "base/text.hpp"
#include "lua/lexical.hpp"

#include <algorithm>
#include <cstdlib>

namespace rockstage::rock {

namespace {

using lua::is_digit;
using lua::is_letter;

/// Removes and returns the longest beginning of `text` of which every character satisfies
/// `predicate`.
template <class Predicate>
std::string_view take_while(std::string_view& text, Predicate predicate) {
  const auto end = std::ranges::find_if_not(text, predicate);
  const std::string_view taken = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(taken.size());
  return taken;
}

bool is_separator(char c) {
  return c == '.' || c == '-' || c == '_';
}

double to_number(std::string_view digits) {
  return std::strtod(std::string(digits).c_str(), nullptr);
}

double word_value(std::string_view word) {
  static constexpr std::pair<std::string_view, double> kWords[] = {{"dev", 120000000},
                                                                   {"scm", 110000000},
                                                                   {"cvs", 100000000},
                                                                   {"rc", -1000},
                                                                   {"pre", -10000},
                                                                   {"beta", -100000},
                                                                   {"alpha", -1000000}};
  for (const auto& [known, value] : kWords)
    if (word == known) return value;
  return static_cast<unsigned char>(word.front()) / 1000.0;
}

double component(const Version& version, std::size_t index) {
  return index < version.components.size() ? version.components[index] : 0;
}

/// `~>`: only the components that `wanted` names count.
bool matches_partially(const Version& version, const Version& wanted) {
  for (std::size_t i = 0; i < wanted.components.size(); ++i)
    if (wanted.components[i] != component(version, i)) return false;
  return !wanted.revision || wanted.revision == version.revision;
}

bool satisfies(const Version& version, const Constraint& constraint) {
  const std::string& op = constraint.op;
  if (op == "==") return equal(version, constraint.version);
  if (op == "~=") return !equal(version, constraint.version);
  if (op == "~>") return matches_partially(version, constraint.version);
  const int order = compare(version, constraint.version);
  if (op == ">") return order > 0;
  if (op == "<") return order < 0;
  if (op == ">=") return order >= 0;
  return order <= 0;
}

/// LuaRocks' name of an operator as written; empty when there is none.
std::string_view operator_named(std::string_view written) {
  static constexpr std::pair<std::string_view, std::string_view> kOperators[] = {{"==", "=="},
                                                                                 {"~=", "~="},
                                                                                 {">", ">"},
                                                                                 {"<", "<"},
                                                                                 {">=", ">="},
                                                                                 {"<=", "<="},
                                                                                 {"~>", "~>"},
                                                                                 {"", "=="},
                                                                                 {"=", "=="},
                                                                                 {"!=", "~="}};
  for (const auto& [text, op] : kOperators)
    if (written == text) return op;
  return {};
}

bool is_name_char(char c) {
  return is_letter(c) || is_digit(c) || is_separator(c);
}

}  // namespace

Version parse_version(std::string_view text) {
  take_while(text, lua::is_space);
  Version version;
  version.text = text;
  const auto last_hyphen = text.rfind('-');
  if (last_hyphen != text.npos && last_hyphen + 1 < text.size()
      && std::ranges::all_of(text.substr(last_hyphen + 1), is_digit)) {
    version.revision = to_number(text.substr(last_hyphen + 1));
    text = text.substr(0, last_hyphen);
  }
  // A word waits for the number that may follow it: `beta2` is one component.
  std::optional<double> word;
  while (!text.empty()) {
    if (const auto digits = take_while(text, is_digit); !digits.empty()) {
      const double number = to_number(digits);
      version.components.push_back(word ? *word + number / 100000 : number);
      word.reset();
    } else if (const auto letters = take_while(text, is_letter); !letters.empty()) {
      word = word_value(letters);
    } else {
      word = 0;
      break;
    }
    take_while(text, is_separator);
  }
  if (word) version.components.push_back(*word);
  return version;
}

int compare(const Version& a, const Version& b) {
  const std::size_t count = std::max(a.components.size(), b.components.size());
  for (std::size_t i = 0; i < count; ++i) {
    if (component(a, i) != component(b, i)) return component(a, i) < component(b, i) ? -1 : 1;
  }
  if (a.revision && b.revision && *a.revision != *b.revision)
    return *a.revision < *b.revision ? -1 : 1;
  return 0;
}

bool equal(const Version& a, const Version& b) {
  return a.components == b.components && (!a.revision || !b.revision || a.revision == b.revision);
}

bool is_development(std::string_view text) {
  bool first = true;
  while (!text.empty()) {
    const auto word = take_while(text, is_letter);
    if (word == "scm" || word == "dev" || word == "cvs") return true;
    // `v1.0` is a release, `main-0` is not.
    if (first && !word.empty() && (text.empty() || !is_digit(text.front()))) return true;
    first = false;
    take_while(text, [](char c) { return !is_letter(c); });
  }
  return false;
}

Result<std::vector<Constraint>> parse_constraints(std::string_view text) {
  std::vector<Constraint> constraints;
  while (!text.empty()) {
    const std::string_view whole = text;
    Constraint constraint;
    if (text.front() == '@') {
      constraint.no_upgrade = true;
      text.remove_prefix(1);
    }
    const auto written = take_while(
        text, [](char c) { return std::string_view("<>=~!").find(c) != std::string_view::npos; });
    take_while(text, lua::is_space);
    const auto version = take_while(text, is_name_char);
    constraint.op = operator_named(written);
    if (version.empty() || constraint.op.empty())
      return fail(Errc::invalid_input,
                  "cannot read the version constraint '" + std::string(whole) + "'",
                  "write an operator (== ~= > < >= <= ~>) and a version, such as '>= 1.0, < 2.0'");
    constraint.version = parse_version(version);
    constraints.push_back(std::move(constraint));
    take_while(text, [](char c) { return lua::is_space(c) || c == ','; });
  }
  return constraints;
}

std::string dependency_text(const Dependency& dependency) {
  std::string out = dependency.ns.empty() ? "" : dependency.ns + "/";
  out += dependency.name;
  const char* separator = " ";
  for (const Constraint& constraint : dependency.constraints) {
    out += separator;
    if (constraint.op != "==") out += constraint.op + " ";
    out += constraint.version.text;
    separator = ", ";
  }
  return out;
}

Result<Dependency> parse_dependency(std::string_view text) {
  const std::string_view whole = text;
  take_while(text, lua::is_space);
  Dependency dependency;
  std::string_view name = take_while(text, is_name_char);
  if (text.starts_with('/') && !name.empty()) {
    dependency.ns = text::to_lower(name);
    text.remove_prefix(1);
    name = take_while(text, is_name_char);
  }
  if (name.empty() || is_separator(name.front()))
    return fail(Errc::invalid_input,
                "cannot read the dependency '" + std::string(whole) + "'",
                "write a rock's name and constraints, such as 'lpeg >= 1.0'");
  dependency.name = text::to_lower(name);
  take_while(text, lua::is_space);
  auto constraints = parse_constraints(text);
  if (!constraints)
    return fail_while(std::move(constraints).error(),
                      "reading the dependency '" + std::string(whole) + "'");
  dependency.constraints = *std::move(constraints);
  dependency.text = dependency_text(dependency);
  return dependency;
}

bool matches(const Version& version, const std::vector<Constraint>& constraints) {
  return std::ranges::all_of(
      constraints, [&](const Constraint& constraint) { return satisfies(version, constraint); });
}

}  // namespace rockstage::rock
