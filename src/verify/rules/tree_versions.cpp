#include "base/rules.hpp"
#include "base/text.hpp"
#include "verify/rules/families.hpp"

#include <map>
#include <set>

namespace rockstage::verify {
namespace {

/// What lies in the version directories of a tree: version → name of a rock or module → its path.
using Versions = std::map<std::string, std::map<std::string, tree::View::Node>>;

/// "greet" for share/lua/5.1/greet.lua and for what is below share/lua/5.1/greet.
std::string stem(std::string_view name) {
  for (const std::string_view ending : {".lua", ".so"})
    if (name.ends_with(ending)) return std::string(name.substr(0, name.size() - ending.size()));
  return std::string(name);
}

Versions versions_of(const Context& context) {
  Versions versions;
  const auto& paths = *context.subject.paths;
  const auto share = paths.find("share/lua");
  const auto lib = paths.find("lib/lua");
  for (const auto& node : context.platform.view.nodes()) {
    const auto directory = paths.parent(node.path);
    const auto above = paths.parent(directory);
    if (directory == tree::kRoot || (above != share && above != lib)) continue;
    const std::string version(paths.name(directory));
    if (version.starts_with("5.")) versions[version].emplace(stem(paths.name(node.path)), node);
  }
  return versions;
}

}  // namespace

void check_version_directories(const Context& context, Sink& sink) {
  if (context.is_image()) return;
  const auto versions = versions_of(context);
  const auto ours = lua::version_directory(context.target.lua());
  const auto mine = versions.find(ours);
  // Without a demand, each Lua of a tree is judged by its own directory.
  const bool demanded = !context.request.runtimes.empty() || context.request.lua.has_value();
  if (mine != versions.end() && !demanded) return;
  std::map<std::string, std::set<std::string>> elsewhere;  // name → versions that have it
  for (const auto& [version, names] : versions)
    for (const auto& [name, node] : names)
      if (version != ours && (mine == versions.end() || !mine->second.contains(name)))
        elsewhere[name].insert(version);
  for (const auto& [name, where] : elsewhere) {
    const auto& node = versions.at(*where.begin()).at(name);
    auto finding = context.finding(rules::wrong_version_directory, node.path, node.origin);
    const std::vector<std::string> list(where.begin(), where.end());
    finding.message = "'" + name + "' lies under " + text::join(list, ", ") + " only, and "
                      + context.target.profile().name + " searches " + ours;
    finding.evidence = {{"module", name}, {"versions", list}, {"searched", ours}};
    finding.fix = "build it with --lua=" + lua::to_string(context.target.lua())
                  + ", or name the runtime that it is for with --runtime";
    sink.add(std::move(finding));
  }
}

}  // namespace rockstage::verify
