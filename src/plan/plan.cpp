#include "plan/plan.hpp"

#include "base/text.hpp"
#include "plan/parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace rockstage::plan {
namespace {

/// The triple of the machine that this program was built for: the target of rocks without Rust.
constexpr const char* kHostTriple =
#if defined(__x86_64__)
    "x86_64"
#elif defined(__aarch64__)
    "aarch64"
#elif defined(__riscv)
    "riscv64gc"
#elif defined(__powerpc64__)
    "powerpc64le"
#elif defined(__s390x__)
    "s390x"
#else
    "i686"
#endif
    "-unknown-linux-"
#if defined(__GLIBC__)
    "gnu";
#else
    "musl";
#endif

std::string host_triple(const Inputs& inputs) {
  return inputs.crate == nullptr ? kHostTriple : inputs.crate->toolchain.host;
}

std::string architecture(const std::string& triple) {
  return triple.substr(0, triple.find('-'));
}

/// Two variants that would overwrite each other.
Result<void> check_trees(const std::vector<Variant>& variants) {
  for (std::size_t i = 0; i < variants.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      const auto& a = variants[j];
      const auto& b = variants[i];
      if (a.tree != b.tree || lua::version_directory(a.lua) != lua::version_directory(b.lua))
        continue;
      if (a.lua != b.lua)
        return fail(
            Errc::usage,
            fmt::format("{} and {} share the directories of Lua {} and cannot go into one tree",
                        lua::to_string(a.lua),
                        lua::to_string(b.lua),
                        lua::version_directory(a.lua)),
            "give each its own: put {lua} into --tree, e.g. --tree 'tree-{lua}'");
      return fail(Errc::usage,
                  fmt::format("{} and {} cannot go into one tree", a.target, b.target),
                  "give each its own: put {target} into --tree, e.g. --tree 'tree-{target}'");
    }
  return {};
}

/// `lua >= 5.3` among the dependencies says for which Luas the rock is.
Result<void> check_lua_version(const rock::Rockspec& spec, lua::Lua lua) {
  const auto version = rock::parse_version(lua::version_directory(lua));
  for (const auto& dependency : spec.dependencies) {
    if (dependency.name != "lua" || rock::matches(version, dependency.constraints)) continue;
    return fail(Errc::invalid_input,
                fmt::format("{} {} needs '{}', and {} is Lua {}",
                            spec.name,
                            spec.version,
                            dependency.text,
                            lua::to_string(lua),
                            version.text),
                "build for a Lua that it supports, with --lua");
  }
  return {};
}

void set_lua_variables(const Context& context, Variant& variant) {
  const auto& host = context.inputs.host;
  const auto v = lua::version_directory(variant.lua);
  auto& out = variant.variables;
  if (const auto found = host.lua_program.find(lua::to_string(variant.lua));
      found != host.lua_program.end()) {
    const auto slash = found->second.rfind('/');
    out["LUA"] = found->second;
    out["LUA_BINDIR"] = found->second.substr(0, slash);
    out["LUA_DIR"] = out["LUA_BINDIR"].substr(0, out["LUA_BINDIR"].rfind('/'));
    out["LUA_LIBDIR"] = out["LUA_DIR"] + "/lib";
  }
  // LuaJIT's headers and those of Lua 5.1 declare the same interface.
  const std::vector<std::string> keys =
      lua::is_luajit(variant.lua) ? std::vector<std::string>{"luajit", "5.1"}
                                  : std::vector<std::string>{v, v == "5.1" ? "luajit" : v};
  for (const auto& key : keys)
    if (const auto found = host.lua_incdir.find(key); found != host.lua_incdir.end()) {
      out["LUA_INCDIR"] = found->second;
      break;
    }
  out["LUALIB"] = lua::is_luajit(variant.lua) ? "libluajit-5.1.so" : "liblua" + v + ".so";
}

/// The variables of LuaRocks (core/cfg.tl, build.tl); directories are placeholders for `build` to
/// fill.
void set_variables(const Context& context, Variant& variant) {
  auto& out = variant.variables;
  out = context.inputs.host.tools;
  for (const auto& [name, value] : context.inputs.host.externals)
    out[name] = value;
  set_lua_variables(context, variant);
  out["PREFIX"] = "{rock}";
  out["LUADIR"] = "{rock}/lua";
  out["LIBDIR"] = "{rock}/lib";
  out["BINDIR"] = "{rock}/bin";
  out["CONFDIR"] = "{rock}/conf";
  out["DOCDIR"] = "{rock}/doc";
  out["LIB_EXTENSION"] = "so";
  out["OBJ_EXTENSION"] = "o";
  out["ROCKS_TREE"] = variant.tree + "/lib/luarocks/rocks-" + lua::version_directory(variant.lua);
  out["SCRIPTS_DIR"] = variant.tree + "/bin";
  if (context.inputs.spec->format == "3.1")
    out["LUA_VERSION"] = lua::version_directory(variant.lua);
  for (const auto& [name, value] : context.options.variables)
    out[name] = value;
}

bool runs_commands(const std::string& build_type) {
  return build_type == "make" || build_type == "cmake" || build_type == "command";
}

Result<void> check_target(const Inputs& inputs,
                          const std::string& build_type,
                          const std::string& target) {
  if (build_type == "rust-mlua" || build_type == "none" || inputs.machine == Machine::of_the_target
      || architecture(target) == architecture(host_triple(inputs)))
    return {};
  if (build_type == "builtin") return {};  // cc for the target is named with --var CC=…
  return fail(
      Errc::usage,
      fmt::format(
          "a rock of build type '{}' runs its own commands, which cannot be told to build for {}",
          build_type,
          target),
      "build it on a machine of that kind, or leave --target out");
}

Result<Variant> make_variant(const Context& context, Plan& plan, Variant variant) {
  const auto& spec = *context.inputs.spec;
  set_variables(context, variant);
  RS_TRY(check_lua_version(spec, variant.lua));
  RS_TRY(check_target(context.inputs, plan.build_type, variant.target));
  variant.work_in_copy =
      runs_commands(plan.build_type) || !spec.patches.empty() || !spec.extra_files.empty();
  variant.shim_cargo = runs_commands(plan.build_type);
  if (plan.build_type == "rust-mlua") RS_TRY(add_rust(context, plan, variant));
  if (plan.build_type == "builtin") RS_TRY(add_builtin(context, variant));
  if (runs_commands(plan.build_type)) RS_TRY(add_commands(context, variant));
  RS_TRY(add_files(context, variant));
  if (!spec.post_install.empty())
    variant.post_install = filled(context, variant, spec.post_install, "hooks.post_install");
  return variant;
}

Result<void> check_externals(const HostFacts& host, Diagnostics& diagnostics) {
  if (host.missing.empty()) return {};
  for (const auto& message : host.missing)
    diagnostics.error(message);
  return fail(Errc::not_found, host.missing.front());
}

Plan head(const Inputs& inputs) {
  Plan plan;
  plan.name = inputs.spec->name;
  plan.version = inputs.spec->version;
  plan.build_type = inputs.spec->build_type == "module" ? "builtin" : inputs.spec->build_type;
  plan.source = inputs.directory;
  if (inputs.crate == nullptr) return plan;
  plan.toolchain = {{"cargo", inputs.crate->toolchain.cargo_version},
                    {"rustc", inputs.crate->toolchain.rustc_version}};
  plan.toolchain_file = inputs.crate->toolchain.toolchain_file;
  for (const auto& file : inputs.crate->config_files)
    plan.config_files.push_back(file.path);
  return plan;
}

void tell_notes(Plan& plan, Diagnostics& diagnostics) {
  std::set<std::string> seen;
  std::erase_if(plan.notes, [&seen](const std::string& note) { return !seen.insert(note).second; });
  for (const auto& note : plan.notes)
    diagnostics.note(note);
}

}  // namespace

std::string fill_tree(const std::string& tree, lua::Lua lua, const std::string& target) {
  return text::replace_all(
      text::replace_all(tree, "{lua}", lua::to_string(lua)), "{target}", target);
}

std::string filled(const Context& context,
                   const Variant& variant,
                   const std::string& text,
                   const std::string& field) {
  return rock::substitute(text, variant.variables, field, context.diagnostics);
}

void warn_once(Diagnostics& diagnostics, const std::string& message, const std::string& hint) {
  const auto& said = diagnostics.items();
  if (std::ranges::find(said, message, &Diagnostic::message) == said.end())
    diagnostics.warning(message, hint);
}

std::string field_name(const std::string& table, const std::string& key) {
  return fmt::format("{}[\"{}\"]", table, key);
}

std::vector<std::string> words(const std::string& text) {
  std::vector<std::string> out;
  for (auto& word : text::split(text, ' '))
    if (!word.empty()) out.push_back(std::move(word));
  return out;
}

Result<Plan> make(const Inputs& inputs, const BuildOptions& options, Diagnostics& diagnostics) {
  const Context context{inputs, options, diagnostics};
  auto plan = head(inputs);
  const auto targets =
      options.targets.empty() ? std::vector<std::string>{host_triple(inputs)} : options.targets;
  for (const auto lua : options.luas)
    for (const auto& target : targets) {
      Variant variant;
      variant.lua = lua;
      variant.target = target;
      variant.tree = fill_tree(options.tree, lua, target);
      plan.variants.push_back(std::move(variant));
    }
  RS_TRY(check_trees(plan.variants));
  RS_TRY(check_externals(inputs.host, diagnostics));
  for (auto& variant : plan.variants) {
    RS_TRY_ASSIGN(variant, make_variant(context, plan, std::move(variant)));
  }
  tell_notes(plan, diagnostics);
  return plan;
}

}  // namespace rockstage::plan
