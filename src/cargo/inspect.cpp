#include "cargo/inspect.hpp"

#include "base/text.hpp"
#include "cargo/config.hpp"
#include "cargo/failure.hpp"
#include "cargo/query.hpp"
#include "cargo/rustflags.hpp"
#include "cargo/toolchain_file.hpp"
#include "cargo/workspace.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rockstage::cargo {
namespace {

struct TargetFacts {
  CfgSet cfg;
  bool installed = false;
};

/// Without rustup nothing honours a pin; another release is worth a warning.
void check_pin(const Toolchain& toolchain, const std::string& directory, Diagnostics& diagnostics) {
  if (!toolchain.rustup_home.empty() || toolchain.toolchain_file.empty()) return;
  const std::string channel = find_toolchain_pin(directory).channel;
  if (channel.empty() || channel.starts_with("stable") || channel.starts_with("nightly")) return;
  if (toolchain.release == channel || toolchain.release.starts_with(channel + ".")) return;
  diagnostics.warning(
      fmt::format("{} pins Rust {}, the one here is {} and there is no rustup to change it",
                  toolchain.toolchain_file,
                  text::escape_for_terminal(channel),
                  toolchain.release),
      "install rustup, or set the channel to the release that you build with");
}

bool has_standard_library(const std::string& directory) {
  const auto names = sys::list_directory(directory);
  return names && std::any_of(names->begin(), names->end(), [](const std::string& name) {
           return (name.starts_with("libstd-") || name.starts_with("libcore-"))
                  && name.ends_with(".rlib");
         });
}

Result<TargetFacts> ask_rustc(const Toolchain& toolchain,
                              const std::string& target,
                              const std::string& directory,
                              Io& io) {
  RS_TRY_ASSIGN(
      const auto result,
      ask({toolchain.rustc, "--print", "target-libdir", "--print", "cfg", "--target", target},
          directory,
          io));
  if (!result.status.ok()) {
    if (const auto error = explain_failure({{}, target}, result.err))
      return tl::unexpected<Error>(*error);
    return fail(Errc::subprocess,
                fmt::format("rustc cannot say what target '{}' is: {}",
                            target,
                            text::escape_for_terminal(first_error(result.err))),
                "check the name with `rustc --print target-list`");
  }
  TargetFacts facts;
  const auto lines = text::split(text::trim(result.out), '\n');
  if (lines.empty()) return facts;
  facts.installed = has_standard_library(lines.front());
  for (std::size_t i = 1; i < lines.size(); ++i)
    facts.cfg.emplace(text::trim(lines[i]));
  return facts;
}

/// With a lock file that fits: the whole graph. Else the manifests alone, because cargo would write
/// a lock file.
Result<void> read_metadata(const InspectRequest& request,
                           const std::vector<std::string>& targets,
                           CrateFacts& facts,
                           Io& io) {
  const std::string& cargo = facts.toolchain.cargo;
  RS_TRY_ASSIGN(facts.metadata, workspace_metadata(cargo, request.manifest_path, io));
  facts.lock_file = sys::join(facts.metadata.workspace_root, "Cargo.lock");
  if (!sys::is_file(facts.lock_file)) {
    facts.lock = LockState::missing;
    return {};
  }
  MetadataCall call{cargo, request.manifest_path, {"--locked"}};
  for (const std::string& target : targets) {
    call.options.insert(call.options.end(), {"--filter-platform", target});
  }
  if (request.offline) call.options.emplace_back("--offline");
  RS_TRY_ASSIGN(const auto result, run_metadata(call, io));
  if (result.status.ok()) {
    RS_TRY_ASSIGN(facts.metadata, parse_metadata(result.out));
    return {};
  }
  if (!says_stale_lock(result.err))
    return tl::unexpected<Error>(
        metadata_failure(request.manifest_path, targets.front(), result.err));
  facts.lock = LockState::stale;
  facts.lock_message = first_error(result.err);
  return {};
}

/// Dependencies for other platforms say nothing about this build.
void drop_foreign_declarations(Metadata& metadata,
                               const std::map<std::string, TargetFacts>& targets) {
  const auto is_foreign = [&](const Declaration& declaration) {
    return !declaration.target.empty()
           && std::none_of(targets.begin(), targets.end(), [&](const auto& item) {
                return target_key_applies(declaration.target, item.first, item.second.cfg);
              });
  };
  for (Package& package : metadata.packages) {
    auto& list = package.dependencies;
    list.erase(std::remove_if(list.begin(), list.end(), is_foreign), list.end());
  }
}

}  // namespace

Result<CrateFacts> inspect(const InspectRequest& request, Io& io, Diagnostics& diagnostics) {
  if (!sys::is_file(request.manifest_path))
    return fail(Errc::not_found,
                fmt::format("there is no '{}'", request.manifest_path),
                "name it with --manifest-path");
  const std::string directory = sys::parent(request.manifest_path);
  CrateFacts facts;
  RS_TRY_ASSIGN(facts.toolchain, find_toolchain(directory, io));
  check_pin(facts.toolchain, directory, diagnostics);

  std::vector<std::string> targets = request.targets;
  if (targets.empty()) targets.push_back(facts.toolchain.host);
  std::map<std::string, TargetFacts> target_facts;
  for (const std::string& target : targets) {
    RS_TRY_ASSIGN(target_facts[target], ask_rustc(facts.toolchain, target, directory, io));
    facts.target_installed[target] = target_facts[target].installed;
  }

  RS_TRY(read_metadata(request, targets, facts, io));
  RS_TRY_ASSIGN(facts.outside_path_dependencies,
                outside_path_dependencies(facts.toolchain.cargo, facts.metadata, io));
  drop_foreign_declarations(facts.metadata, target_facts);

  RS_TRY_ASSIGN(const auto config, load_config(directory, facts.toolchain.cargo_home));
  for (const ConfigValues& file : config)
    facts.config_files.push_back({file.path});
  for (const auto& [target, known] : target_facts)
    facts.rustflags[target] = user_rustflags(target, known.cfg, config, io.environment);

  const std::string root_manifest = sys::join(facts.metadata.workspace_root, "Cargo.toml");
  RS_TRY_ASSIGN(const auto profiles, load_manifest_profiles(root_manifest));
  for (const std::string& profile : request.profiles)
    facts.profile_panic[profile] = profile_panic(profile, profiles, config, io.environment);
  return facts;
}

}  // namespace rockstage::cargo
