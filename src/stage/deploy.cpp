#include "base/text.hpp"
#include "digest/digest.hpp"
#include "stage/command_file.hpp"
#include "stage/dependents.hpp"
#include "stage/rearrange.hpp"
#include "stage/stage.hpp"
#include "stage/transaction.hpp"
#include "stage/tree_state.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

namespace rockstage::stage {
namespace {

using build::BuiltRock;
using build::FileClass;

constexpr unsigned kRead = 0644;
constexpr unsigned kExecute = 0755;

PlacedRock placed(const BuiltRock& built) {
  return {lua::version_directory(built.lua), {built.spec.name, built.spec.version}};
}

std::string rock_directory(const PlacedRock& rock) {
  return rock::Layout{rock.v}.rock_dir(rock.rock.first, rock.rock.second);
}

/// The files of a built rock as its rock_manifest has them.
Result<rock::RockManifest> rock_manifest_of(const BuiltRock& built) {
  rock::RockManifest out;
  for (const auto& [file, file_class] : built.files) {
    RS_TRY_ASSIGN(out[file],
                  digest::hex_of_file(digest::Algorithm::md5, sys::join(built.directory, file)));
  }
  return out;
}

/// Puts built rocks into a tree. `change` may be called again, for another edit.
class Deployment {
 public:
  Deployment(const std::vector<BuiltRock>& rocks, OtherVersions others, Diagnostics& diagnostics)
      : rocks_(rocks), others_(others), diagnostics_(diagnostics) {}

  Result<void> change(TreeEdit& edit) {
    RS_TRY_ASSIGN(const auto before, read_states(edit, diagnostics_));
    after_ = before;
    arriving_.clear();
    for (const auto& built : rocks_)
      RS_TRY(arrive(built));
    places_ = places_of(after_);
    RS_TRY(rearrange({before, after_, arriving_}, edit, diagnostics_));
    for (const auto& built : rocks_) {
      RS_TRY(put_rock_directory(built, edit));
      RS_TRY(put_deployed_files(built, edit));
    }
    warn_of_collisions(places_, arriving_, diagnostics_);
    return write_manifests(edit);
  }

  /// What lies where, once the tree is changed.
  [[nodiscard]] Result<StagedRock> result(const BuiltRock& built, const std::string& tree) const {
    const auto rock = placed(built);
    StagedRock out;
    out.name = built.spec.name;
    out.version = built.spec.version;
    out.build_type = built.spec.build_type;
    out.lua = lua::to_string(built.lua);
    out.target = built.target;
    out.seconds = built.seconds;
    std::map<std::string, FileClass> paths = {
        {rock_directory(rock) + "/rock_manifest", FileClass::metadata}};
    std::map<std::string, std::string> path_of;
    for (const auto& [file, file_class] : built.files) {
      if (const auto place = places_.find({rock, file}); place != places_.end()) {
        if (!place->second.path.empty()) paths[place->second.path] = file_class;
        path_of[place->second.file.plain] = place->second.path;
      }
      if (!is_moved(file)) paths[rock_directory(rock) + "/" + file] = file_class;
    }
    for (const auto& [module, plain] : built.modules)
      out.modules[module] = path_of.at(plain);
    for (const auto& [path, file_class] : paths) {
      RS_TRY_ASSIGN(auto file, staged_file(tree, path, file_class));
      if (file) out.files.push_back(*std::move(file));
    }
    return out;
  }

 private:
  /// Files of `lua` and `lib` are only where they are deployed.
  static bool is_moved(const std::string& file) {
    return file.starts_with("lua/") || file.starts_with("lib/");
  }

  /// Nothing for a file that the rock's own hook has removed.
  static Result<std::optional<StagedFile>> staged_file(const std::string& tree,
                                                       const std::string& path,
                                                       FileClass file_class) {
    const auto file = sys::join(tree, path);
    RS_TRY_ASSIGN(const auto found, sys::status(file));
    if (found.kind != sys::FileKind::file) return std::optional<StagedFile>();
    RS_TRY_ASSIGN(auto sha256, digest::hex_of_file(digest::Algorithm::sha256, file));
    return StagedFile{path, found.size, found.mode, std::move(sha256), file_class};
  }

  /// Into the state: the rock itself, its other versions out.
  Result<void> arrive(const BuiltRock& built) {
    const auto rock = placed(built);
    arriving_.insert(rock);
    auto& state = after_[rock.v];
    state.layout.v = rock.v;
    RS_TRY_ASSIGN(state.rocks[rock.rock], rock_manifest_of(built));
    state.manifest.repository[rock.rock.first][rock.rock.second] =
        manifest_entry(state.rocks[rock.rock], built.spec.dependencies);
    if (others_ == OtherVersions::remove) forget_other_versions(rock, state);
    return {};
  }

  void forget_other_versions(const PlacedRock& rock, TreeState& state) {
    std::vector<RockKey> others;
    for (const auto& [key, files] : state.rocks)
      if (key.first == rock.rock.first && !arriving_.contains({rock.v, key})) others.push_back(key);
    for (const auto& key : others) {
      const auto users = dependents(state, key.first, {key.second});
      if (users.empty())
        forget_rock(key, state);
      else
        diagnostics_.warning(
            fmt::format("{} {} stays: {} needs it", key.first, key.second, text::join(users, ", ")),
            "`rockstage remove` with the version and --force removes it");
    }
  }

  Result<void> put_rock_directory(const BuiltRock& built, TreeEdit& edit) {
    const auto rock = placed(built);
    for (const auto& [file, file_class] : built.files) {
      if (is_moved(file)) continue;
      const auto from = sys::join(built.directory, file);
      RS_TRY_ASSIGN(const auto found, sys::status(from));
      const unsigned mode = (found.mode & 0100U) != 0 ? kExecute : kRead;
      RS_TRY(edit.copy_in(from, rock_directory(rock) + "/" + file, mode));
    }
    const auto& manifest = after_.at(rock.v).rocks.at(rock.rock);
    return edit.write(
        rock_directory(rock) + "/rock_manifest", rock::write_rock_manifest(manifest), kRead);
  }

  Result<void> put_deployed_files(const BuiltRock& built, TreeEdit& edit) {
    const auto rock = placed(built);
    for (const auto& [file, file_class] : built.files) {
      const auto found = places_.find({rock, file});
      if (found == places_.end() || found->second.path.empty()) continue;
      const auto& place = found->second;
      const auto from = sys::join(built.directory, file);
      RS_TRY(set_aside(place.path, edit, diagnostics_));
      const bool wrap = file_class == FileClass::script && built.spec.wrap_bin_scripts;
      if (place.file.is_command)
        RS_TRY(put_command({rock, place, from, wrap}, edit));
      else
        RS_TRY(edit.copy_in(from, place.path, file.starts_with("lua/") ? kRead : kExecute));
    }
    return {};
  }

  Result<void> write_manifests(TreeEdit& edit) {
    for (auto& [v, state] : after_) {
      const bool changed = std::any_of(
          arriving_.begin(), arriving_.end(), [&v = v](const auto& rock) { return rock.v == v; });
      if (changed || state.rebuilt) RS_TRY(write_manifest(state, edit));
    }
    return {};
  }

  const std::vector<BuiltRock>& rocks_;
  OtherVersions others_;
  Diagnostics& diagnostics_;
  TreeStates after_;
  std::set<PlacedRock> arriving_;
  Places places_;
};

/// hooks.post_install, in the rock's new directory, before anything is committed.
Result<void> run_hook(const BuiltRock& built, const TreeEdit& edit, Io& io) {
  if (built.post_install.empty()) return {};
  const auto directory = sys::join(edit.waiting(), rock_directory(placed(built)));
  io.progress.step(
      text::escape_for_terminal(fmt::format("running the hook post_install of {} {}: {}",
                                            built.spec.name,
                                            built.spec.version,
                                            built.post_install)));
  sys::Command command;
  // What it makes is for whoever may read the tree.
  command.argv = {
      "/bin/sh", "-c", "umask 022\n" + text::replace_all(built.post_install, "{rock}", directory)};
  command.cwd = directory;
  command.env = io.environment;
  const auto say = [&io](std::string_view line) {
    io.progress.say(text::escape_for_terminal(line) + "\n");
  };
  command.on_stdout_line = say;
  command.on_stderr_line = say;
  RS_TRY_ASSIGN(const auto result, io.processes.run(command));
  if (result.status.ok()) return {};
  return fail(Errc::subprocess,
              fmt::format("the hook post_install of {} {} failed ({})",
                          built.spec.name,
                          built.spec.version,
                          sys::to_string(result.status)),
              "the tree is as it was");
}

}  // namespace

Result<std::vector<StagedRock>> deploy(const std::vector<BuiltRock>& rocks,
                                       OtherVersions other_versions,
                                       Io& io,
                                       Diagnostics& diagnostics) {
  if (rocks.empty()) return std::vector<StagedRock>{};
  RS_TRY(check_tree(rocks.front().tree));
  const auto tree = sys::absolute(rocks.front().tree);
  io.progress.step(fmt::format("staging into {}", tree));
  Deployment deployment(rocks, other_versions, diagnostics);
  const auto change = [&](TreeEdit& edit) -> Result<void> {
    RS_TRY(deployment.change(edit));
    for (const auto& built : rocks)
      RS_TRY(run_hook(built, edit, io));
    return {};
  };
  RS_TRY(change_tree(tree, io, diagnostics, change));
  std::vector<StagedRock> out;
  for (const auto& built : rocks) {
    RS_TRY_ASSIGN(auto staged, deployment.result(built, tree));
    out.push_back(std::move(staged));
  }
  return out;
}

}  // namespace rockstage::stage
