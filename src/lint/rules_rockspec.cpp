#include "base/text.hpp"
#include "lint/rules.hpp"
#include "lint/shell_text.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <regex>

namespace rockstage::lint {
namespace {

const std::string& rockspec_file(const Request& request) {
  return request.inputs.spec->file_name;
}

struct ShellText {
  std::string field, text;
};

/// The rockspec's own shell texts.
std::vector<ShellText> shell_texts(const rock::Rockspec& spec) {
  std::vector<ShellText> out;
  for (const char* name : {"build_command", "install_command"}) {
    const auto* value = spec.build.find(name);
    if (spec.build_type == "command" && value != nullptr && value->string() != nullptr)
      out.push_back({fmt::format("build.{}", name), *value->string()});
  }
  return out;
}

bool makes_files(const std::string& statement) {
  constexpr std::array<std::string_view, 7> kCommands = {
      "cp", "install", "mv", "ln", "cargo", "make", "cc"};
  return std::ranges::find(kCommands, command_word(statement)) != kCommands.end();
}

bool is_unlocked_cargo(const std::string& line) {
  static const std::regex kBuild(R"((^|[\s/;&|(])cargo(\s+\+\S+)?\s+(build|b|rustc)(\s|$))");
  return std::regex_search(line, kBuild) && line.find("--locked") == std::string::npos
         && line.find("--frozen") == std::string::npos;
}

void check_text(const Request& request, const ShellText& shell, Findings& out) {
  for (const auto& statement : statements(shell.text)) {
    if (!statement.status_counts && makes_files(statement.text)) {
      auto found =
          finding(rules::rock_swallowed_failure,
                  rockspec_file(request),
                  fmt::format("{}: a failure of '{}' would be lost", shell.field, statement.text),
                  "join the commands with && or begin with `set -e;`");
      found.evidence = {{"command", statement.text}};
      out.push_back(std::move(found));
    }
    if (is_unlocked_cargo(statement.text))
      out.push_back(finding(rules::rock_unlocked_cargo,
                            rockspec_file(request),
                            fmt::format("{}: '{}' has no --locked", shell.field, statement.text),
                            "add --locked"));
  }
}

/// The makefile that the rockspec names, else the one that make takes.
std::string makefile(const Request& request) {
  const auto* named = request.inputs.spec->build.find("makefile");
  if (named != nullptr && named->string() != nullptr) return *named->string();
  for (const char* name : {"GNUmakefile", "makefile"})
    if (sys::is_file(sys::join(request.inputs.directory, name))) return name;
  return "Makefile";
}

/// `make` rocks call cargo in their makefile.
void check_makefile(const Request& request, Findings& out) {
  if (request.inputs.spec->build_type != "make") return;
  const auto file = makefile(request);
  const auto text = sys::read_file(sys::join(request.inputs.directory, file));
  if (!text) return;
  // make hands each line of a recipe to a shell of its own.
  for (const auto& line : text::split(text::replace_all(*text, "\\\n", " "), '\n')) {
    auto recipe = text::trim(line);
    recipe.remove_prefix(std::min(recipe.find_first_not_of("@+-"), recipe.size()));
    for (const auto& statement : statements(recipe))
      if (is_unlocked_cargo(statement.text))
        out.push_back(finding(rules::rock_unlocked_cargo,
                              file,
                              fmt::format("'{}' has no --locked", statement.text),
                              "add --locked"));
  }
}

}  // namespace

void check_install_keys(const Request& request, Findings& out) {
  for (const auto& entry : request.inputs.spec->install.lib) {
    if (entry.key.empty() || entry.path.ends_with(".lua")) continue;
    const auto file = sys::base_name(entry.path);
    const auto key = entry.key.substr(entry.key.find_last_of("./") + 1);  // npos + 1 is 0
    if (file == key + ".so") continue;
    auto found = finding(
        rules::rock_install_key,
        rockspec_file(request),
        fmt::format("build.install.lib[\"{}\"]: LuaRocks stages it as '{}', so `require \"{}\"` "
                    "does not find it there",
                    entry.key,
                    rock::install_target(rock::InstallKind::lib, entry),
                    entry.key),
        fmt::format("let the build make a file named {}.so, or use build.type = \"rust-mlua\"",
                    key));
    found.evidence = {{"key", entry.key}, {"file", entry.path}};
    out.push_back(std::move(found));
  }
}

void check_commands(const Request& request, Findings& out) {
  for (const auto& shell : shell_texts(*request.inputs.spec))
    check_text(request, shell, out);
  check_makefile(request, out);
}

void check_licence(const Request& request, Findings& out) {
  if (request.inputs.spec->description.license.empty())
    out.push_back(finding(rules::rock_licence,
                          rockspec_file(request),
                          "the rockspec names no licence",
                          "set description.license"));
  if (request.inputs.licence_files.empty())
    out.push_back(finding(rules::rock_licence,
                          "",
                          "there is no licence file in the sources",
                          "add the licence's text, e.g. as LICENSE"));
}

}  // namespace rockstage::lint
