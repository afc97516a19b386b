#pragma once
#include "base/diagnostics.hpp"
#include "plan/plan.hpp"

#include <string>
#include <vector>

// The parts of a plan: each adds its steps to one variant.
namespace rockstage::plan {

/// What the parts look at.
struct Context {
  const Inputs& inputs;
  const BuildOptions& options;
  Diagnostics& diagnostics;
};

/// rust-mlua: libraries compiled by cargo, and `include`.
Result<void> add_rust(const Context& context, Plan& plan, Variant& variant);
/// builtin: C modules compiled by cc, Lua modules copied.
Result<void> add_builtin(const Context& context, Variant& variant);
/// make, cmake, command: the rockspec's own commands in a copy of the sources.
Result<void> add_commands(const Context& context, Variant& variant);
/// `build.install`, copy_directories, documents and licences.
Result<void> add_files(const Context& context, Variant& variant);

/// `$(NAME)` of a rockspec's text replaced by the variant's variables.
std::string filled(const Context& context,
                   const Variant& variant,
                   const std::string& text,
                   const std::string& field);

/// A warning that is the same for several variants is said once.
void warn_once(Diagnostics& diagnostics, const std::string& message, const std::string& hint = {});

/// `build.modules["a.b"]`.
std::string field_name(const std::string& table, const std::string& key);

/// Words at blanks, as LuaRocks hands CFLAGS and the like to the shell.
std::vector<std::string> words(const std::string& text);

/// What `rust-mlua` fields and options come to: the rockspec's cargo_extra_args mapped to settings,
/// options before them.
struct RustSettings {
  std::string profile = "release", manifest = "Cargo.toml", package;
  std::vector<std::string> features;
  bool default_features = true, all_features = false, locked = false, offline = false;
  int jobs = 0;
};

Result<RustSettings> rust_settings(const rock::Rockspec& spec, const BuildOptions& options);

}  // namespace rockstage::plan
