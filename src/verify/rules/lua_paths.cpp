#include "base/text.hpp"
#include "verify/rules/elf_rules.hpp"
#include "verify/rules/lua_rules.hpp"

#include <algorithm>

namespace rockstage::verify {
namespace {

/// One module of a manifest, and where its file stands in the runtime.
struct Placed {
  std::string module;
  std::string path;    ///< in the subject
  std::string target;  ///< absolute: /usr/local/lib/lua/5.1/a/b.so
  bool script = false;
};

std::string absolute(const Context& context, const std::string& path) {
  if (context.is_image()) return "/" + path;
  auto prefix = context.request.prefix;
  while (prefix.ends_with('/'))
    prefix.pop_back();
  return prefix + "/" + path;
}

std::vector<std::string> templates(const Context& context, bool script) {
  return script ? context.target.lua_paths() : context.target.native_paths();
}

void report_unreachable(const Context& context, const Placed& placed, tree::PathId id, Sink& sink) {
  const auto& profile = context.target.profile();
  auto finding = context.finding(rules::lua_module_unreachable, id, context.platform.view.at(id));
  finding.severity = Severity::error;
  finding.message = placed.path + " is on no search path of " + profile.name + ": require \""
                    + placed.module + "\" does not find it";
  finding.fix = "copy the tree to a prefix that the runtime searches, such as /usr/local";
  finding.evidence["basis"] = std::string(to_string(context.target.lua_basis()));
  finding.evidence["module"] = placed.module;
  finding.evidence["path"] = placed.target;
  finding.evidence["searched"] = templates(context, placed.script);
  sink.add(std::move(finding));
}

enum class Shadow { hides, is_hidden };

Finding shadowed(const Context& context,
                 const Placed& placed,
                 tree::PathId id,
                 const std::string& other,
                 Shadow shadow) {
  const bool hides = shadow == Shadow::hides;
  auto finding = context.finding(rules::lua_module_shadowed, id, context.platform.view.at(id));
  finding.severity = Severity::warning;
  finding.message = hides ? placed.path + " hides " + other + " of the runtime: require \"" +
                                placed.module + "\" opens ours"
                          : placed.path + " is hidden by " + other + ", which stands earlier on "
                                "the search path";
  finding.fix = hides ? "rename the module, or leave it to the runtime"
                      : "rename the module, or copy it to an earlier directory";
  finding.evidence["basis"] = std::string(to_string(context.target.lua_basis()));
  finding.evidence["module"] = placed.module;
  finding.evidence["other"] = other;
  return finding;
}

/// Which of the files that the templates give for the module are there, in search order.
void check_shadows(const Context& context, const Placed& placed, tree::PathId id, Sink& sink) {
  const auto ours = context.resolver.resolve(placed.path);
  bool passed = false;
  for (const auto& search : templates(context, placed.script)) {
    const auto file = fill_template(search, placed.module);
    if (file.empty()) continue;
    const auto found = context.resolver.resolve(file);
    if (found == tree::kNoPath) continue;
    if (found == ours) {
      passed = true;
      continue;
    }
    sink.add(shadowed(context, placed, id, file, passed ? Shadow::hides : Shadow::is_hidden));
    return;
  }
}

/// True when a template gives the module's own file.
bool is_reachable(const Context& context, const Placed& placed) {
  const auto& paths = templates(context, placed.script);
  return std::ranges::any_of(paths, [&](const std::string& search) {
    const auto file = fill_template(search, placed.module);
    if (file.empty()) return false;
    if (file == placed.target) return true;
    if (!context.is_image()) return false;
    const auto found = context.resolver.resolve(file);
    return found != tree::kNoPath && found == context.resolver.resolve(placed.path);
  });
}

/// False for the files of an older version: they carry its name, and LuaRocks' loader opens them.
bool has_own_name(const std::string& path, const std::string& module) {
  const auto place = lua_place(path);
  const auto own = text::replace_all(module, ".", "/");
  return place
         && (place->rest == own + ".lua" || place->rest == own + "/init.lua"
             || place->rest == own + ".so");
}

}  // namespace

void check_module_paths(const Context& context, Sink& sink) {
  const auto wanted = lua::version_directory(context.target.lua());
  if (context.target.lua_paths().empty() && context.target.native_paths().empty()) {
    sink.not_judged(rules::lua_module_unreachable,
                    "",
                    "the search paths of " + context.target.profile().name + " are not known");
    return;
  }
  const auto manifests = read_manifests(context);
  for (const auto& [path, listed] : listed_modules(manifests)) {
    if (listed.tree->version != wanted) continue;
    const auto id = context.subject.paths->find(path);
    // A file that is not there is manifest-missing-file's.
    if (id == tree::kNoPath || !context.platform.view.at(id).present()) continue;
    Placed placed{listed.module, path, absolute(context, path), path.ends_with(".lua")};
    if (placed.module.ends_with(".init") && path.ends_with("/init.lua"))
      placed.module.resize(placed.module.size() - 5);
    if (!has_own_name(path, placed.module)) continue;
    if (!is_reachable(context, placed))
      report_unreachable(context, placed, id, sink);
    else if (context.is_image())
      check_shadows(context, placed, id, sink);
  }
}

}  // namespace rockstage::verify
