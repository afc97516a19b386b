#include "base/rules.hpp"
#include "base/text.hpp"
#include "elf/types.hpp"
#include "verify/judge.hpp"
#include "verify/rules/families.hpp"

#include <algorithm>

namespace rockstage::verify {
namespace {

using tree::kNoPath;
using tree::PathId;

/// Where the runtime looks for Lua files and for native modules; a bare tree has its own places.
std::vector<std::string> templates(const Context& context, bool native) {
  if (context.is_image())
    return native ? context.target.native_paths() : context.target.lua_paths();
  const auto v = lua::version_directory(context.target.lua());
  if (native) return {"lib/lua/" + v + "/?.so"};
  return {"share/lua/" + v + "/?.lua", "share/lua/" + v + "/?/init.lua"};
}

/// The file that `require` would open; kNoPath when there is none.
PathId search(const Context& context, const std::string& name, bool native) {
  for (const auto& pattern : templates(context, native)) {
    if (pattern.starts_with('.')) continue;  // relative to wherever the process was started
    const auto path = context.resolver.resolve(text::replace_all(pattern, "?", name));
    if (path != kNoPath
        && context.entry(context.platform.view.at(path)).kind != tree::EntryKind::directory)
      return path;
  }
  return kNoPath;
}

/// `require "a.b"` also looks into a.so for luaopen_a_b.
PathId search_root(const Context& context, const std::string& module) {
  const auto dot = module.find('.');
  if (dot == std::string::npos) return kNoPath;
  const auto path = search(context, module.substr(0, dot), true);
  const auto* facts = path == kNoPath ? nullptr : context.facts(context.platform.view.at(path));
  if (facts == nullptr || facts->elf == nullptr) return kNoPath;
  for (const auto& name : lua::open_names(module, context.target.lua()))
    if (facts->elf->symbols.contains(name)) return path;
  return kNoPath;
}

Finding missing(const Context& context, const std::string& module) {
  Finding finding;
  finding.rule = rules::module_missing;
  finding.severity = Severity::error;
  finding.evidence = {{"module", module}};
  finding.message =
      "module '" + module + "' is on no search path of " + context.target.profile().name;
  finding.fix = "copy the tree with it to a place that the runtime searches, or correct the name";
  return finding;
}

std::optional<Finding> check_module(const Context& context,
                                    const std::string& module,
                                    const Findings& findings) {
  const auto& builtin = context.target.profile().builtin_modules;
  if (std::ranges::find(builtin, module) != builtin.end()) return std::nullopt;
  const auto name = lua::module_to_path(module);
  auto path = kNoPath;
  if (name) {
    path = search(context, *name, false);
    if (path == kNoPath) path = search(context, *name, true);
    if (path == kNoPath) path = search_root(context, module);
  }
  if (path == kNoPath) return missing(context, module);
  const auto file = context.path(path);
  const auto reason = std::ranges::find_if(findings, [&](const Finding& finding) {
    return finding.path == file && finding.severity == Severity::error;
  });
  if (reason == findings.end()) return std::nullopt;
  auto finding = missing(context, module);
  finding.path = file;
  finding.layer = context.layer(context.platform.view.at(path));
  finding.message =
      "module '" + module + "' is at '" + file + "' and does not fit: " + reason->message;
  finding.evidence["rule"] = reason->rule;
  finding.fix = reason->fix;
  return finding;
}

/// Where a file of a stage tree may be in an image, by the runtime's destinations; a tree has it in
/// its own place.
std::vector<std::string> destinations(const Context& context, const std::string& file) {
  if (!context.is_image()) return {file};
  std::vector<std::string> places;
  const auto v = lua::version_directory(context.target.lua());
  for (const auto& destination : context.target.profile().destinations) {
    for (const bool native : {false, true}) {
      const auto inside = (native ? "lib/lua/" : "share/lua/") + v + "/";
      const auto& directory = native ? destination.so : destination.lua;
      if (directory.empty() || !file.starts_with(inside)) continue;
      auto to = text::replace_all(directory, "{V}", v);
      if (!to.ends_with('/')) to += '/';
      places.push_back(to + file.substr(inside.size()));
    }
  }
  return places;
}

}  // namespace

void check_required_modules(const Context& context, Findings& findings) {
  Findings missing_modules;
  for (const auto& module : context.request.required_modules)
    if (auto finding = check_module(context, module, findings))
      missing_modules.push_back(*std::move(finding));
  for (auto& finding : missing_modules)
    findings.push_back(std::move(finding));
}

void check_expected_files(const Context& context, Sink& sink) {
  for (const auto& expected : context.request.expected) {
    const auto places = destinations(context, expected.path);
    if (places.empty()) continue;  // commands and metadata are not copied into images
    auto found = kNoPath;
    bool same = false;
    for (const auto& place : places) {
      const auto path = context.resolver.resolve(place);
      const auto* facts = path == kNoPath ? nullptr : context.facts(context.platform.view.at(path));
      if (facts == nullptr) continue;
      if (found == kNoPath) found = path;
      same = same || facts->sha256 == expected.sha256;
    }
    if (same) continue;
    auto finding =
        context.finding(rules::artifact_mismatch,
                        found == kNoPath ? tree::kRoot : found,
                        found == kNoPath ? tree::Origin{} : context.platform.view.at(found));
    if (found == kNoPath) finding.path = expected.path;
    finding.message =
        found == kNoPath
            ? "'" + expected.path + "' is at no destination of " + context.target.profile().name
            : "'" + finding.path + "' has other bytes than '" + expected.path + "'";
    finding.evidence = {
        {"expected", expected.path}, {"sha256", expected.sha256}, {"searched", places}};
    finding.fix = "copy share/lua and lib/lua of the very tree that was built and tested";
    sink.add(std::move(finding));
  }
}

}  // namespace rockstage::verify
