#include "emit/project.hpp"

#include "base/json.hpp"
#include "base/text.hpp"
#include "base/version.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace rockstage::emit {
namespace {

constexpr std::string_view kRepository = "https://github.com/rockstage/rockstage";
constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A text as a YAML scalar: as it is where YAML takes it for nothing else, else in double quotes,
/// whose escapes are those of JSON (YAML 1.2, 5.7).
std::string scalar(const std::string& text) {
  constexpr std::array<std::string_view, 9> kWords = {
      "true", "false", "null", "yes", "no", "on", "off", "y", "n"};
  const auto plain = std::string(kLetters) + "0123456789_-./";
  const bool is_plain = !text.empty() && kLetters.find(text.front()) != std::string_view::npos
                        && text.find_first_not_of(plain) == std::string::npos
                        && std::ranges::find(kWords, text::to_lower(text)) == kWords.end();
  return is_plain ? text : to_json_line(text);
}

/// Texts of the project, as a flow sequence.
std::string sequence(const std::vector<std::string>& texts) {
  std::vector<std::string> items;
  std::ranges::transform(texts, std::back_inserter(items), scalar);
  return fmt::format("[{}]", text::join(items, ", "));
}

nlohmann::json pairs(const std::vector<std::pair<std::string, std::string>>& list) {
  auto out = nlohmann::json::array();
  for (const auto& [name, value] : list)
    out.push_back({{"name", scalar(name)}, {"value", scalar(value)}});
  return out;
}

/// A name for a comment: on one line.
std::string in_comment(const std::string& text) {
  return text::replace_all(text::escape_for_terminal(text), "\n", " ");
}

Result<void> check_utf8(const std::string& text) {
  if (text::is_valid_utf8(text)) return {};
  return fail(
      Errc::invalid_input,
      fmt::format("'{}' is no UTF-8, and YAML takes nothing else", text::escape_for_terminal(text)),
      "rename it");
}

Result<void> check_texts(const ProjectFacts& facts) {
  for (const auto* text : {&facts.name,
                           &facts.version,
                           &facts.rockspec,
                           &facts.manifest,
                           &facts.package,
                           &facts.smoke_script})
    RS_TRY(check_utf8(*text));
  for (const auto* list : {&facts.modules, &facts.lua_files})
    for (const auto& [name, value] : *list) {
      RS_TRY(check_utf8(name));
      RS_TRY(check_utf8(value));
    }
  return {};
}

/// Names in a CI file pass through YAML, the service's own expressions and a shell: the letters of
/// ordinary names need no quoting in any of them.
Result<void> check_name(const std::string& text, std::string_view what) {
  const auto taken = std::string(kLetters) + "0123456789_-.+";
  if (!text.empty() && text.find_first_not_of(taken) == std::string::npos) return {};
  return fail(
      Errc::invalid_input,
      fmt::format("the {} '{}' cannot stand in a CI file", what, text::escape_for_terminal(text)),
      "write the CI file by hand; docs/guides/ci.md has one");
}

/// Debian's packages with an interpreter and the headers of `lua`, as more words of an apt-get
/// line. LuaJIT and the headers of 5.1 come with rockstage's own list.
std::string lua_packages(const std::string& lua) {
  if (lua != "5.2" && lua != "5.3" && lua != "5.4") return {};
  return fmt::format(" lua{0} liblua{0}-dev", lua);
}

nlohmann::json ci_data(const ProjectFacts& facts) {
  const auto& lua = facts.luas.front();
  const auto artifact = fmt::format("{}-{}", facts.name, facts.version);
  std::string verify = fmt::format("rockstage verify rock --runtime={}", facts.runtime);
  for (const auto& module : facts.required)
    verify += " --require=" + module;
  return {
      {"title", fmt::format("{} {}", facts.name, facts.version)},
      {"repository", kRepository},
      {"ref", fmt::format("v{}", version())},
      {"lua_packages", lua_packages(lua)},
      {"build",
       fmt::format(
           "rockstage build --tree=rock --lua={}{}", lua, facts.has_lock_file ? " --locked" : "")},
      {"verify", verify},
      {"pack", fmt::format("rockstage export rock --output={}.tar.gz --sbom=cyclonedx", artifact)},
      {"artifact", artifact},
      {"archive", artifact + ".tar.gz"}};
}

}  // namespace

Result<std::string> project_file(const ProjectFacts& facts, const Templates& templates) {
  RS_TRY(check_texts(facts));
  const auto others = in_comment(text::join(facts.other_packages, ", "));
  const auto or_nothing = [](const std::string& text) {
    return text.empty() ? std::string() : scalar(text);
  };
  return templates.render(
      "rockstage.yaml.mustache",
      {{"title", in_comment(fmt::format("{} {}", facts.name, facts.version))},
       {"rockspec", or_nothing(facts.rockspec)},
       {"name", scalar(facts.name)},
       {"version", scalar(facts.version)},
       {"manifest", scalar(facts.manifest.empty() ? "Cargo.toml" : facts.manifest)},
       {"package", or_nothing(facts.package)},
       {"other_packages", others},
       {"has_modules", !facts.modules.empty()},
       {"modules", pairs(facts.modules)},
       {"has_lua_files", !facts.lua_files.empty()},
       {"lua_files", pairs(facts.lua_files)},
       {"luas", sequence(facts.luas)},
       {"runtime", scalar(facts.runtime)},
       {"base", to_json_line(facts.base.empty() ? "registry.example.org/gateway:1" : facts.base)},
       {"smoke_script", or_nothing(facts.smoke_script)}});
}

Result<std::string> ci_file(const ProjectFacts& facts, Ci ci, const Templates& templates) {
  RS_TRY(check_name(facts.name, "name"));
  RS_TRY(check_name(facts.version, "version"));
  RS_TRY(check_name(facts.runtime, "runtime"));
  for (const auto& module : facts.required)
    RS_TRY(check_name(module, "module"));
  return templates.render(ci == Ci::github ? "github.yml.mustache" : "gitlab-ci.yml.mustache",
                          ci_data(facts));
}

}  // namespace rockstage::emit
