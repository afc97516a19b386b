#include "base/rules.hpp"
#include "base/text.hpp"
#include "verify/rules/families.hpp"
#include "verify/rules/rust_classify.hpp"
#include "verify/rules/wording.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace rockstage::verify {
namespace {

using tree::EntryKind;
using tree::kNoPath;

struct Kind {
  std::string_view ending, what;
};

constexpr Kind kKinds[] = {{".o", "an object file"},
                           {".a", "a static library"},
                           {".c", "C source code"},
                           {".h", "a C header"},
                           {".cpp", "C++ source code"},
                           {".hpp", "a C++ header"},
                           {".py", "a Python script"},
                           {".moon", "MoonScript source"},
                           {".tl", "Teal source"},
                           {".swp", "an editor's leftover"},
                           {"~", "an editor's leftover"},
                           {".orig", "a leftover of a patch"},
                           {".rej", "a leftover of a patch"},
                           {".tar", "an archive"},
                           {".gz", "an archive"},
                           {".zip", "an archive"},
                           {".rock", "a packed rock"},
                           {".md", "a document"},
                           {".txt", "a document"},
                           {".html", "a document"},
                           {".pc", "a description for pkg-config"}};

std::string describe(std::string_view path, std::string_view name, const FileFacts* facts) {
  if (path.find("/.git/") != std::string_view::npos || name.starts_with(".git"))
    return "a file of git";
  for (const auto& kind : kKinds)
    if (name.ends_with(kind.ending)) return std::string(kind.what);
  if (facts != nullptr && facts->content == Content::elf)
    return "a program or library that is no .so";
  if (facts != nullptr && facts->content == Content::ar_archive) return "a static library";
  return "neither a .so, nor a .lua, nor what LuaRocks keeps of a rock";
}

bool is_licence(std::string_view name) {
  const auto lower = text::to_lower(name);
  return std::ranges::any_of(
      std::array<std::string_view, 6>{
          "license", "licence", "copying", "notice", "copyright", "unlicense"},
      [&](std::string_view word) { return lower.starts_with(word); });
}

/// What LuaRocks and rockstage keep of a rock in its own directory.
bool is_metadata(std::string_view path, std::string_view name) {
  constexpr std::string_view kRocks = "lib/luarocks/rocks-";
  if (!path.starts_with(kRocks)) return false;
  const auto depth = std::ranges::count(path, '/');
  if (depth == 3)
    return name == "manifest" || name.starts_with("manifest-") || name == "index.html";
  if (name == "rock_manifest" || name == "rock_namespace" || name == "rockstage.json"
      || name.ends_with(".rockspec"))
    return depth == 5;
  auto inside = path;  // NAME/VERSION/… of lib/luarocks/rocks-V/NAME/VERSION/…
  for (int i = 0; i < 5 && !inside.empty(); ++i)
    inside.remove_prefix(std::min(inside.find('/') + 1, inside.size()));
  return inside.starts_with("doc/") || inside.starts_with("conf/") || inside.starts_with("bin/");
}

bool belongs(std::string_view path, std::string_view name, const FileFacts* facts) {
  if (name.ends_with(".so") || name.ends_with(".lua") || is_licence(name)) return true;
  if (path.starts_with("bin/") && facts != nullptr && facts->content == Content::script)
    return true;
  return is_metadata(path, name);
}

}  // namespace

void check_unexpected_files(const Context& context, Sink& sink) {
  if (context.is_image()) return;
  for (const auto& node : context.platform.view.nodes()) {
    const auto& entry = context.entry(node.origin);
    if (entry.kind != EntryKind::file) continue;
    const auto path = context.path(node.path);
    const auto name = context.subject.paths->name(node.path);
    const auto* facts = context.facts(node.origin);
    if (belongs(path, name, facts) || !rust_residue(name, facts).empty()) continue;
    if (facts != nullptr && !rust_tool_by_content(*facts).empty()) continue;
    auto finding = context.finding(rules::unexpected_file, node.path, node.origin);
    finding.message = "'" + path + "' is " + describe(path, name, facts);
    finding.evidence["bytes"] = static_cast<std::int64_t>(entry.size);
    finding.fix = "leave it out of the rock's install tables, or of the copy";
    sink.add(std::move(finding));
  }
}

void check_builder_paths(const Context& context, Sink& sink) {
  for (const auto& node : context.platform.view.nodes()) {
    const auto* facts = context.facts(node.origin);
    if (facts == nullptr || facts->leaks.empty()) continue;
    auto finding = context.finding(rules::builder_path, node.path, node.origin);
    std::vector<std::string> leaks;
    std::uint64_t count = 0;
    for (const auto& leak : facts->leaks) {
      leaks.push_back(leak.path);
      count += leak.count;
    }
    finding.message = "'" + finding.path + "' carries the builder's path " + leaks.front() + " ("
                      + count_text(count, "path") + " of that sort)";
    finding.evidence = {{"paths", leaks}, {"count", static_cast<std::int64_t>(count)}};
    finding.fix = "build with path remapping and strip, as rockstage build does";
    sink.add(std::move(finding));
  }
}

void check_case_collisions(const Context& context, Sink& sink) {
  const auto& paths = *context.subject.paths;
  const auto& view = context.platform.view;
  std::map<std::pair<tree::PathId, std::string>, const tree::View::Node*> first;
  for (const auto& node : view.nodes()) {
    const auto name = paths.name(node.path);
    auto lower = text::to_lower(name);
    if (lower == name) continue;
    const auto parent = paths.parent(node.path);
    const auto path = context.path(node.path);
    if (context.is_image() && !in_lua_directory(path)) continue;
    const auto sibling = paths.find(parent, lower);
    std::string other;
    if (sibling != kNoPath && view.at(sibling).present()) other = context.path(sibling);
    const auto [at, fresh] = first.emplace(std::pair(parent, std::move(lower)), &node);
    if (!fresh) other = context.path(at->second->path);
    if (other.empty()) continue;
    auto finding = context.finding(rules::case_collision, node.path, node.origin);
    finding.message = "'" + path + "' and '" + other + "' differ in case only";
    finding.evidence["library"] = other;
    finding.fix = "rename one: on a file system that ignores case only one of them survives a copy";
    sink.add(std::move(finding));
  }
}

}  // namespace rockstage::verify
