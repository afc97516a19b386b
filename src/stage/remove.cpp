#include "base/text.hpp"
#include "stage/installed.hpp"
#include "stage/ownership.hpp"
#include "stage/stage.hpp"
#include "stage/transaction.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rockstage::stage {
namespace {

/// Installed rocks that would lose what they depend on: those that declare one of `leaving`, and
/// that no version which stays serves.
std::vector<std::string> dependents(const TreeState& state,
                                    const std::string& name,
                                    const std::vector<std::string>& leaving) {
  std::vector<std::string> staying;
  for (const auto& [version, entry] : state.manifest.repository.at(name))
    if (std::ranges::find(leaving, version) == leaving.end()) staying.push_back(version);
  std::vector<std::string> out;
  for (const auto& [other, versions] : state.manifest.repository)
    for (const auto& [version, entry] : versions)
      for (const auto& dependency : entry.declared) {
        if (other == name || dependency.name != name) continue;
        const auto fits = [&dependency](const std::string& text) {
          return rock::matches(rock::parse_version(text), dependency.constraints);
        };
        const bool served_now =
            std::ranges::any_of(leaving, fits) || std::ranges::any_of(staying, fits);
        if (served_now && std::ranges::none_of(staying, fits)) out.push_back(other + " " + version);
      }
  return out;
}

Result<void> remove_from(const RemoveRequest& request, TreeState& state, TreeEdit& edit) {
  std::vector<std::string> leaving;
  const auto found = state.manifest.repository.find(request.name);
  if (found == state.manifest.repository.end()) return {};
  for (const auto& [version, entry] : found->second)
    if (request.version.empty() || request.version == version) leaving.push_back(version);
  if (leaving.empty()) return {};
  const auto others = dependents(state, request.name, leaving);
  if (!others.empty() && !request.force)
    return fail(Errc::invalid_input,
                fmt::format("{} is needed by {}", request.name, text::join(others, ", ")),
                "remove these first, or use --force");
  for (const auto& version : leaving)
    RS_TRY(uninstall({request.name, version}, state, edit));
  RS_TRY(move_to_owners(state, nullptr, edit));
  return write_manifest(state, edit);
}

}  // namespace

Result<std::vector<InstalledRock>> remove(const RemoveRequest& request,
                                          Io& io,
                                          Diagnostics& diagnostics) {
  // Looked up first: a rock that is not there needs no lock to be told.
  Diagnostics unheard;
  RS_TRY_ASSIGN(const auto shown, show(request.tree, request.name, request.version, unheard));
  RS_TRY_ASSIGN(auto all, list(request.tree, unheard));
  std::erase_if(all, [&](const auto& rock) {
    return rock.name != shown.name || (!request.version.empty() && rock.version != request.version);
  });
  const auto change = [&](TreeEdit& edit) -> Result<void> {
    for (const auto& v : version_directories(edit.tree())) {
      RS_TRY_ASSIGN(auto state, read_state(edit, v, diagnostics));
      RS_TRY(remove_from(request, state, edit));
    }
    return {};
  };
  RS_TRY(change_tree(request.tree, io, diagnostics, change));
  return all;
}

Result<std::vector<InstalledRock>> purge(const std::string& tree,
                                         Io& io,
                                         Diagnostics& diagnostics) {
  Diagnostics unheard;
  RS_TRY_ASSIGN(auto all, list(tree, unheard));
  const auto change = [&](TreeEdit& edit) -> Result<void> {
    for (const auto& v : version_directories(edit.tree())) {
      RS_TRY_ASSIGN(auto state, read_state(edit, v, diagnostics));
      while (!state.rocks.empty()) {
        const auto key = state.rocks.begin()->first;
        RS_TRY(uninstall(key, state, edit));
      }
      RS_TRY(write_manifest(state, edit));
    }
    return {};
  };
  RS_TRY(change_tree(tree, io, diagnostics, change));
  return all;
}

}  // namespace rockstage::stage
