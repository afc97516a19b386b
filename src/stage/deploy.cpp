#include "base/text.hpp"
#include "digest/digest.hpp"
#include "rock/wrapper.hpp"
#include "stage/installed.hpp"
#include "stage/ownership.hpp"
#include "stage/stage.hpp"
#include "stage/transaction.hpp"
#include "stage/tree_state.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rockstage::stage {
namespace {

constexpr unsigned kRead = 0644;
constexpr unsigned kExecute = 0755;

/// The files of a built rock as its rock_manifest has them.
Result<rock::RockManifest> rock_manifest_of(const build::BuiltRock& built) {
  rock::RockManifest out;
  for (const auto& [file, file_class] : built.files) {
    RS_TRY_ASSIGN(out[file],
                  digest::hex_of_file(digest::Algorithm::md5, sys::join(built.directory, file)));
  }
  return out;
}

bool is_deployed(const std::string& file) {
  return file.starts_with("lua/") || file.starts_with("lib/");
}

/// Puts one built rock into the edit.
class Deployment {
 public:
  Deployment(const build::BuiltRock& built,
             TreeState& state,
             TreeEdit& edit,
             Diagnostics& diagnostics)
      : built_(built),
        key_(built.spec.name, built.spec.version),
        state_(state),
        edit_(edit),
        diagnostics_(diagnostics) {}

  Result<void> run() {
    if (state_.rocks.contains(key_)) RS_TRY(uninstall(key_, state_, edit_));
    RS_TRY_ASSIGN(state_.rocks[key_], rock_manifest_of(built_));
    state_.manifest.repository[key_.first][key_.second] =
        manifest_entry(state_.rocks[key_], built_.spec.dependencies);
    RS_TRY(move_to_owners(state_, &key_, edit_));
    RS_TRY(put_rock_directory());
    const Ownership ownership(state_);
    for (const auto& file : deployed_files(state_.layout, key_, state_.rocks[key_]))
      RS_TRY(put(file, ownership.path(key_, file)));
    return {};
  }

  /// What was put where, once the transaction is done: `tree` is the tree.
  [[nodiscard]] Result<StagedRock> result(const std::string& tree) const {
    StagedRock out;
    out.name = key_.first;
    out.version = key_.second;
    out.build_type = built_.spec.build_type;
    out.lua = lua::to_string(built_.lua);
    out.target = built_.target;
    out.modules = built_.modules;
    out.seconds = built_.seconds;
    for (auto [path, file_class] : paths_) {
      StagedFile file;
      RS_TRY_ASSIGN(const auto found, sys::status(sys::join(tree, path)));
      file.size = found.size;
      file.mode = found.mode;
      RS_TRY_ASSIGN(file.sha256,
                    digest::hex_of_file(digest::Algorithm::sha256, sys::join(tree, path)));
      file.path = path;
      file.file_class = file_class;
      out.files.push_back(std::move(file));
    }
    for (auto& [module, file] : out.modules)
      if (const auto moved = renamed_.find(file); moved != renamed_.end()) file = moved->second;
    return out;
  }

  [[nodiscard]] const RockKey& key() const { return key_; }

  [[nodiscard]] std::string rock_directory() const {
    return state_.layout.rock_dir(key_.first, key_.second);
  }

 private:
  Result<void> put_rock_directory() {
    for (const auto& [file, file_class] : built_.files) {
      if (is_deployed(file)) continue;
      const auto from = sys::join(built_.directory, file);
      RS_TRY_ASSIGN(const auto found, sys::status(from));
      const auto to = rock_directory() + "/" + file;
      RS_TRY(edit_.copy_in(from, to, (found.mode & 0100U) != 0 ? kExecute : kRead));
      paths_[to] = file_class;
    }
    const auto manifest = rock_directory() + "/rock_manifest";
    RS_TRY(edit_.write(manifest, rock::write_rock_manifest(state_.rocks[key_]), kRead));
    paths_[manifest] = build::FileClass::metadata;
    return {};
  }

  Result<void> put(const DeployedFile& file, const std::string& to) {
    RS_TRY(set_aside(to));
    const auto from = sys::join(built_.directory, file.file);
    const auto file_class = built_.files.at(file.file);
    if (file_class == build::FileClass::script && built_.spec.wrap_bin_scripts) {
      const auto name = file.file.substr(file.file.find('/') + 1);
      RS_TRY(edit_.write(
          to,
          rock::bin_wrapper({sys::base_name(to), key_.first, key_.second, name}, state_.layout.v),
          kExecute));
    } else {
      RS_TRY(edit_.copy_in(from, to, file.file.starts_with("lua/") ? kRead : kExecute));
    }
    paths_[to] = file_class;
    renamed_[file.plain] = to;
    return {};
  }

  /// A file that no installed rock owns is kept as `FILE~`.
  Result<void> set_aside(const std::string& path) {
    if (!edit_.exists(path)) return {};
    auto aside = path + "~";
    while (edit_.exists(aside))
      aside += "~";
    diagnostics_.warning(fmt::format("'{}' belonged to no rock: kept as '{}'", path, aside));
    return edit_.move(path, aside);
  }

  const build::BuiltRock& built_;
  RockKey key_;
  TreeState& state_;
  TreeEdit& edit_;
  Diagnostics& diagnostics_;
  std::map<std::string, build::FileClass> paths_;
  std::map<std::string, std::string> renamed_;
};

Result<void> remove_other_versions(const RockKey& key, TreeState& state, TreeEdit& edit) {
  std::vector<RockKey> others;
  for (const auto& [other, files] : state.rocks)
    if (other.first == key.first && other.second != key.second) others.push_back(other);
  for (const auto& other : others)
    RS_TRY(uninstall(other, state, edit));
  return {};
}

/// hooks.post_install, in the rock's new directory, before anything is committed.
Result<void> run_hook(const build::BuiltRock& built, const std::string& directory, Io& io) {
  if (built.post_install.empty()) return {};
  io.progress.step(fmt::format("running the hook post_install of {} {}: {}",
                               built.spec.name,
                               built.spec.version,
                               built.post_install));
  sys::Command command;
  command.argv = {"/bin/sh", "-c", text::replace_all(built.post_install, "{rock}", directory)};
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

Result<std::vector<StagedRock>> deploy(const std::vector<build::BuiltRock>& rocks,
                                       OtherVersions other_versions,
                                       Io& io,
                                       Diagnostics& diagnostics) {
  if (rocks.empty()) return std::vector<StagedRock>{};
  const auto tree = sys::absolute(rocks.front().tree);
  RS_TRY(check_tree(tree));
  io.progress.step(fmt::format("staging into {}", tree));
  std::map<std::string, TreeState> states;
  std::vector<Deployment> deployments;
  deployments.reserve(rocks.size());
  const auto change = [&](TreeEdit& edit) -> Result<void> {
    for (const auto& built : rocks) {
      const auto v = lua::version_directory(built.lua);
      if (!states.contains(v)) {
        RS_TRY_ASSIGN(states[v], read_state(edit, v, diagnostics));
      }
      auto& state = states.at(v);
      auto& deployment = deployments.emplace_back(built, state, edit, diagnostics);
      if (other_versions == OtherVersions::remove)
        RS_TRY(remove_other_versions(deployment.key(), state, edit));
      RS_TRY(deployment.run());
      warn_of_collisions(state, deployment.key(), diagnostics);
      RS_TRY(run_hook(built, sys::join(edit.waiting(), deployment.rock_directory()), io));
    }
    for (auto& [v, state] : states)
      RS_TRY(write_manifest(state, edit));
    return {};
  };
  RS_TRY(change_tree(tree, io, diagnostics, change));
  std::vector<StagedRock> out;
  for (const auto& deployment : deployments) {
    RS_TRY_ASSIGN(auto staged, deployment.result(tree));
    out.push_back(std::move(staged));
  }
  return out;
}

Result<void> check_tree(const std::string& path) {
  if (path.find_first_of("?;\n") != std::string::npos)
    return fail(Errc::invalid_input,
                fmt::format("the tree '{}' has a '?', ';' or newline in its path, which cannot "
                            "work in a Lua search path",
                            path),
                "name another directory");
  const auto tree = sys::absolute(path);
  RS_TRY_ASSIGN(const auto found, sys::status(tree));
  if (found.kind == sys::FileKind::directory) {
    if (sys::is_writable(tree)) return {};
    return fail(Errc::io,
                fmt::format("cannot write to the tree '{}'", tree),
                "run as a user who may, or name another --tree");
  }
  if (found.kind != sys::FileKind::none)
    return fail(
        Errc::io, fmt::format("'{}' is no directory", tree), "name a directory with --tree");
  auto parent = sys::parent(tree);
  while (!sys::exists(parent) && parent != "/")
    parent = sys::parent(parent);
  if (!sys::is_directory(parent))
    return fail(Errc::io,
                fmt::format("cannot make the tree '{}': '{}' is no directory", tree, parent),
                "name another --tree");
  if (sys::is_writable(parent)) return {};
  return fail(Errc::io,
              fmt::format("cannot make the tree '{}': '{}' cannot be written", tree, parent),
              "run as a user who may, or name another --tree");
}

}  // namespace rockstage::stage
