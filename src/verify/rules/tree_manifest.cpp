#include "base/rules.hpp"
#include "rock/layout.hpp"
#include "rock/manifest.hpp"
#include "verify/collect_text.hpp"
#include "verify/rules/families.hpp"

#include <set>

namespace rockstage::verify {
namespace {

using tree::EntryKind;
using tree::kNoPath;
using tree::PathId;

/// One LuaRocks tree: the part of a root that a `manifest` describes.
class ManifestCheck {
 public:
  ManifestCheck(const Context& context, const tree::View::Node& manifest, Sink& sink)
      : context_(context), sink_(sink), manifest_(manifest) {
    const auto& paths = *context.subject.paths;
    const auto rocks = paths.parent(manifest.path);
    rocks_ = context.path(rocks);
    layout_.v = std::string(paths.name(rocks).substr(std::string_view("rocks-").size()));
    const auto top = context.path(paths.parent(paths.parent(paths.parent(rocks))));
    prefix_ = top.empty() ? "" : top + "/";
  }

  void run() {
    const auto* text = text_of(manifest_.path);
    if (text == nullptr)
      return undecided("'" + context_.path(manifest_.path) + "' is empty or larger than 1 MiB");
    const auto manifest = rock::parse_manifest(*text, context_.path(manifest_.path));
    if (!manifest) return undecided(manifest.error().message);
    for (const auto& [name, versions] : manifest->repository)
      for (const auto& [version, entry] : versions)
        check_rock(name, version, entry);
    if (!context_.is_image()) check_untracked();
  }

 private:
  [[nodiscard]] const std::string* text_of(PathId path) const {
    const auto* facts = context_.facts(context_.platform.view.at(path));
    return facts == nullptr || facts->text.empty() ? nullptr : &facts->text;
  }

  void undecided(const std::string& reason) {
    for (const char* rule :
         {rules::manifest_missing_file, rules::manifest_checksum, rules::manifest_untracked})
      sink_.not_judged(rule, context_.path(manifest_.path), reason);
  }

  /// The first of the places that is there; kNoPath when none is.
  [[nodiscard]] PathId find(const std::vector<std::string>& places) const {
    for (const auto& place : places) {
      const auto path = context_.resolver.resolve(place);
      if (path != kNoPath) return path;
    }
    return kNoPath;
  }

  void check_rock(const std::string& name,
                  const std::string& version,
                  const rock::ManifestEntry& entry) {
    for (const auto& [module, file] : entry.modules) {
      const std::vector<std::string> places = {prefix_ + layout_.lua_dir() + "/" + file,
                                               prefix_ + layout_.lib_dir() + "/" + file};
      track(places);
      if (find(places) == kNoPath)
        missing(
            places[file.ends_with(".so") ? 1 : 0], name + " " + version, "module '" + module + "'");
    }
    for (const auto& [command, file] : entry.commands) {
      const std::vector<std::string> places = {prefix_ + rock::kBinDir + "/" + file};
      track(places);
      if (find(places) == kNoPath)
        missing(places.front(), name + " " + version, "command '" + command + "'");
    }
    check_rock_manifest(name, version);
  }

  void check_rock_manifest(const std::string& name, const std::string& version) {
    const auto directory = rocks_ + "/" + name + "/" + version;
    const auto path = find({directory + "/rock_manifest"});
    if (path == kNoPath)
      return missing(directory + "/rock_manifest", name + " " + version, "its list of files");
    const auto* text = text_of(path);
    if (text == nullptr)
      return undecided("'" + context_.path(path) + "' is empty or larger than 1 MiB");
    const auto files = rock::parse_rock_manifest(*text, context_.path(path));
    if (!files) return undecided(files.error().message);
    for (const auto& [file, md5] : *files) {
      if (md5.empty()) continue;
      const auto places = places_of(file, directory, name, version);
      track(places);
      const auto at = find(places);
      if (at == kNoPath)
        missing(places.back(), name + " " + version, "file '" + file + "'");
      else
        check_md5(at, md5, name + " " + version);
    }
  }

  /// Where a file of a rock may lie in the tree; the first that is there is it.
  [[nodiscard]] std::vector<std::string> places_of(const std::string& file,
                                                   const std::string& directory,
                                                   const std::string& name,
                                                   const std::string& version) const {
    const auto deployed = [&](const std::string& to, std::string_view in_rock) {
      const auto rest = file.substr(in_rock.size());
      return std::vector<std::string>{
          prefix_ + to + "/" + rock::versioned_name(rest, name, version),
          prefix_ + to + "/" + rest};
    };
    if (file.starts_with("lua/")) return deployed(layout_.lua_dir(), "lua/");
    if (file.starts_with("lib/")) return deployed(layout_.lib_dir(), "lib/");
    if (file.starts_with("bin/")) return {directory + "/" + file, prefix_ + file};
    return {directory + "/" + file};
  }

  void track(const std::vector<std::string>& places) {
    tracked_.insert(places.begin(), places.end());
  }

  void missing(const std::string& place, const std::string& rock, const std::string& what) {
    if (!said_.insert(place).second) return;
    auto finding = context_.finding(rules::manifest_missing_file, manifest_.path, manifest_.origin);
    finding.path = place;
    finding.message = "'" + place + "' is missing: " + what + " of " + rock;
    finding.evidence = {{"rock", rock}};
    finding.fix = "stage the rock again, or remove it with luarocks remove";
    sink_.add(std::move(finding));
  }

  void check_md5(PathId path, const std::string& md5, const std::string& rock) {
    const auto origin = context_.platform.view.at(path);
    const auto* facts = context_.facts(origin);
    if (facts == nullptr || facts->md5.empty() || facts->md5 == md5) return;
    auto finding = context_.finding(rules::manifest_checksum, path, origin);
    finding.message = "'" + finding.path + "' is not the file that " + rock + " installed";
    finding.evidence = {{"md5", facts->md5}, {"listed", md5}, {"rock", rock}};
    finding.fix = "stage the rock again; change files before they are staged and not after";
    sink_.add(std::move(finding));
  }

  void check_untracked() {
    for (const auto& node : context_.platform.view.nodes()) {
      const auto path = context_.path(node.path);
      if (!path.starts_with(prefix_ + layout_.lua_dir() + "/")
          && !path.starts_with(prefix_ + layout_.lib_dir() + "/"))
        continue;
      if (context_.entry(node.origin).kind == EntryKind::directory || tracked_.contains(path))
        continue;
      auto finding = context_.finding(rules::manifest_untracked, node.path, node.origin);
      finding.message = "'" + path + "' belongs to no rock of the tree";
      finding.fix = "stage it as part of a rock, or remove it";
      sink_.add(std::move(finding));
    }
  }

  const Context& context_;
  Sink& sink_;
  const tree::View::Node& manifest_;
  rock::Layout layout_;
  std::string prefix_, rocks_;
  std::set<std::string> tracked_, said_;
};

}  // namespace

void check_manifests(const Context& context, Sink& sink) {
  const auto& paths = *context.subject.paths;
  for (const auto& node : context.platform.view.nodes()) {
    if (paths.name(node.path) != "manifest" || node.origin.implied()) continue;
    const auto rocks = paths.parent(node.path);
    if (!paths.name(rocks).starts_with("rocks-") || paths.name(paths.parent(rocks)) != "luarocks")
      continue;
    ManifestCheck(context, node, sink).run();
  }
}

}  // namespace rockstage::verify
