#include "base/text.hpp"
#include "verify/policy.hpp"
#include "verify/rules/elf_rules.hpp"
#include "verify/rules/lua_rules.hpp"

#include <algorithm>
#include <array>

namespace rockstage::verify {
namespace {

std::size_t index_of(lua::Lua lua) {
  return static_cast<std::size_t>(std::ranges::find(lua::kAllLuas, lua) - lua::kAllLuas.begin());
}

/// Whether a Lua runs precompiled chunks of that name.
bool runs_bytecode(lua::Lua lua, const std::string& vm) {
  if (lua::is_luajit(lua)) return vm == "LuaJIT";
  return vm == "Lua " + lua::to_string(lua);
}

void check_syntax(const Context& context, const ModuleFile& file, Sink& sink) {
  const auto& facts = *file.facts->script;
  const auto lua = context.target.lua();
  auto finding = context.finding(rules::lua_syntax, file.id, file.origin);
  finding.severity = Severity::error;
  finding.evidence["basis"] = std::string(to_string(context.target.lua_basis()));
  finding.evidence["runtime"] = lua::to_string(lua);
  if (!facts.bytecode.empty()) {
    if (runs_bytecode(lua, facts.bytecode)) return;
    finding.message =
        file.path + " is bytecode of " + facts.bytecode + ", the runtime is " + lua_title(lua);
    finding.fix = "stage the Lua source";
    finding.evidence["bytecode"] = facts.bytecode;
  } else {
    const auto& error = facts.syntax[index_of(lua)];
    if (!error) return;
    finding.message = file.path + " does not compile in " + lua_title(lua) + ": line "
                      + std::to_string(error->line) + ": " + error->message;
    finding.fix = "correct it, or stage a version for this Lua";
    finding.evidence["line"] = std::int64_t{error->line};
    finding.evidence["error"] = error->message;
  }
  sink.add(std::move(finding));
}

/// Modules that the VM itself has in package.loaded or package.preload.
bool is_standard(std::string_view module, lua::Lua lua) {
  constexpr std::array<std::string_view, 9> kAll = {
      "_G", "coroutine", "debug", "io", "math", "os", "package", "string", "table"};
  constexpr std::array<std::string_view, 13> kLuajit = {"bit",
                                                        "ffi",
                                                        "jit",
                                                        "jit.bc",
                                                        "jit.opt",
                                                        "jit.profile",
                                                        "jit.util",
                                                        "jit.v",
                                                        "jit.vmdef",
                                                        "jit.zone",
                                                        "jit.p",
                                                        "string.buffer",
                                                        "jit.dump"};
  if (std::ranges::find(kAll, module) != kAll.end()) return true;
  if (lua::is_luajit(lua))
    return std::ranges::find(kLuajit, module) != kLuajit.end() || module == "table.new"
           || module == "table.clear"
           || (lua == lua::Lua::openresty && module.starts_with("table."));
  if (module == "bit32") return lua == lua::Lua::lua52 || lua == lua::Lua::lua53;
  return module == "utf8" && lua >= lua::Lua::lua53;
}

/// What `require` would find.
class Available {
 public:
  Available(const Context& context, const Modules& modules) : context_(context) {
    for (const auto* files : {&modules.libraries, &modules.scripts, &modules.unread})
      for (const auto& file : *files)
        if (is_for_target(file, context)) add(file);
  }

  [[nodiscard]] bool has(const std::string& module) const {
    const auto lua = context_.target.lua();
    if (names_.contains(module) || is_standard(module, lua)) return true;
    for (const auto& known : context_.target.profile().builtin_modules)
      if (matches(known, module)) return true;
    for (const auto& name : lua::open_names(module, lua))
      if (opens_.contains(name)) return true;
    return is_on_a_path(module);
  }

 private:
  void add(const ModuleFile& file) {
    if (!file.module.empty()) {
      names_.insert(file.module);
      if (file.path.ends_with("/init.lua")) names_.insert(file.module + ".init");
    }
    if (!file.has_elf()) return;
    for (auto& name : elf::luaopen_names(file.facts->elf->facts))
      opens_.insert(std::move(name));
  }

  [[nodiscard]] bool is_on_a_path(const std::string& module) const {
    for (const auto& paths : {context_.target.lua_paths(), context_.target.native_paths()})
      for (const auto& search : paths) {
        const auto file = fill_template(search, module);
        if (file.empty()) continue;
        const bool here = context_.is_image() && context_.resolver.resolve(file) != tree::kNoPath;
        if (here || context_.target.has_file(file)) return true;
      }
    return false;
  }

  const Context& context_;
  std::set<std::string> names_;
  std::set<std::string> opens_;  ///< several modules may be in one library
};

/// A rock declares something that is not in its tree: what that would bring is not known.
bool waits_for_dependency(const ListedModule& listed) {
  const auto& rocks = listed.tree->manifest.repository;
  return std::ranges::any_of(listed.rock->declared, [&](const auto& dependency) {
    return dependency.name != "lua" && !rocks.contains(dependency.name);
  });
}

void report_missing(const Context& context,
                    const ModuleFile& file,
                    const lua::Require& wanted,
                    Sink& sink) {
  const auto lua = context.target.lua();
  auto finding = context.finding(rules::lua_require, file.id, file.origin);
  finding.severity = Severity::warning;
  if (wanted.module == "ffi" || wanted.module.starts_with("jit")) {
    finding.message =
        file.path + " needs LuaJIT's " + wanted.module + ", the runtime is " + lua_title(lua);
    finding.fix = "use a LuaJIT runtime";
  } else {
    finding.message = file.path + " requires " + wanted.module
                      + ", which is neither in the tree nor in the runtime, and not declared";
    finding.fix = "declare the rock that has it as a dependency, and stage it";
  }
  finding.evidence["basis"] = std::string(to_string(context.target.lua_basis()));
  finding.evidence["module"] = wanted.module;
  finding.evidence["line"] = std::int64_t{wanted.line};
  sink.add(std::move(finding));
}

}  // namespace

std::string fill_template(std::string_view search, std::string_view module) {
  if (search.empty() || search.front() != '/' || search.find('?') == std::string_view::npos)
    return {};
  const auto place = text::replace_all(std::string(module), ".", "/");
  return text::replace_all(std::string(search), "?", place);
}

void check_scripts(const Context& context, Sink& sink) {
  const auto modules = find_modules(context);
  const Available available(context, modules);
  const auto manifests = read_manifests(context);
  const auto listed = listed_modules(manifests);
  for (const auto& file : modules.unread)
    if (is_for_target(file, context))
      for (const char* rule : {rules::lua_syntax, rules::lua_require})
        sink.not_judged(rule, file.path, kTooLong);
  for (const auto& file : modules.scripts) {
    if (file.module.empty() || !is_for_target(file, context)) continue;
    check_syntax(context, file, sink);
    const auto owner = listed.find(file.path);
    // In an image, what its distribution staged is its own affair.
    if (owner == listed.end() && context.is_image()) continue;
    if (owner != listed.end() && waits_for_dependency(owner->second)) continue;
    std::set<std::string> said;
    for (const auto& wanted : file.facts->script->requires_)
      if (!wanted.optional && !available.has(wanted.module) && said.insert(wanted.module).second)
        report_missing(context, file, wanted, sink);
  }
}

}  // namespace rockstage::verify
