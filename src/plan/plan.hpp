#pragma once
#include "base/diagnostics.hpp"
#include "cargo/lua_feature.hpp"
#include "cargo/types.hpp"
#include "plan/types.hpp"

#include <string>
#include <vector>

namespace rockstage::plan {

/// Which machine takes the steps of a variant: this one, or one of the target's own kind that is
/// not known here (the builder of an image).
enum class Machine { this_one, of_the_target };

/// What is known of the rock; plain data, so that planning stays pure.
struct Inputs {
  const rock::Rockspec* spec = nullptr;
  std::string directory;           ///< of the sources, absolute
  std::vector<std::string> files;  ///< relative, sorted
  std::vector<std::string> licence_files, document_files;
  const cargo::CrateFacts* crate =
      nullptr;  ///< nullptr when nothing is built by a `rust-mlua` step
  HostFacts host;
  Machine machine = Machine::this_one;
  std::string home;  ///< $HOME, for path remapping
};

/// Turns rock, options and facts into steps, one Variant for each Lua and target. Errors are those
/// that would end the build: Errc::usage (two Luas or targets that share directories in one tree:
/// names `{lua}` and `{target}`), Errc::invalid_input (no Lua feature, vendored Lua, stale lock
/// file, nightly, no such library …), each with the fix.
Result<Plan> make(const Inputs& inputs, const BuildOptions& options, Diagnostics& diagnostics);

/// The absolute manifest of a rust-mlua rock's crate, and the cargo profile, which have to be known
/// before planning: the option, else the rockspec's cargo_extra_args, else `Cargo.toml` and
/// `release`. Errc::invalid_input for a bad rockspec field.
Result<std::string> manifest_path(const rock::Rockspec& spec,
                                  const std::string& directory,
                                  const BuildOptions& options);
Result<std::string> profile_name(const rock::Rockspec& spec, const BuildOptions& options);

/// The packages whose libraries the modules of a rust-mlua rock name, without repetition, in the
/// order of the modules. Errc::invalid_input for a library that the workspace does not have;
/// Errc::usage when several packages have it.
Result<std::vector<const cargo::Package*>> packages_to_compile(const Inputs& inputs,
                                                               const BuildOptions& options);

/// What the rockspec and the options ask of cargo's features.
Result<cargo::FeatureRequest> feature_request(const rock::Rockspec& spec,
                                              const BuildOptions& options);

/// `tree` with `{lua}` ("luajit", "5.4") and `{target}` filled in.
std::string fill_tree(const std::string& tree, lua::Lua lua, const std::string& target);

}  // namespace rockstage::plan
