#include "stage/installed.hpp"

namespace rockstage::stage {

Result<void> uninstall(const RockKey& key, TreeState& state, TreeEdit& edit) {
  for (const auto& file : deployed_files(state.layout, key, state.rocks.at(key)))
    RS_TRY(edit.remove(current_path(edit, file)));
  RS_TRY(edit.remove_directory(state.layout.rock_dir(key.first, key.second)));
  state.rocks.erase(key);
  auto& versions = state.manifest.repository[key.first];
  versions.erase(key.second);
  if (versions.empty()) state.manifest.repository.erase(key.first);
  return {};
}

Result<void> write_manifest(TreeState& state, TreeEdit& edit) {
  rock::update_dependencies(state.manifest, state.layout.v);
  return edit.write(state.layout.manifest(), rock::write_manifest(state.manifest), 0644);
}

}  // namespace rockstage::stage
