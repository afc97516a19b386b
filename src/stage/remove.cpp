#include "base/text.hpp"
#include "stage/dependents.hpp"
#include "stage/rearrange.hpp"
#include "stage/stage.hpp"
#include "stage/transaction.hpp"
#include "stage/tree_state.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rockstage::stage {
namespace {

/// Takes every rock that `leaves` out of the tree, and writes the manifests that change.
Result<void> take_out(const TreeStates& before,
                      const std::function<bool(const RockKey&)>& leaves,
                      TreeEdit& edit,
                      Diagnostics& diagnostics) {
  auto after = before;
  for (auto& [v, state] : after)
    for (const auto& [key, files] : before.at(v).rocks)
      if (leaves(key)) forget_rock(key, state);
  RS_TRY(rearrange({before, after, {}}, edit, diagnostics));
  for (auto& [v, state] : after)
    if (state.rebuilt || state.rocks.size() != before.at(v).rocks.size())
      RS_TRY(write_manifest(state, edit));
  return {};
}

/// Errc::invalid_input when rocks that stay need what goes, unless it is forced.
Result<void> check_dependents(const RemoveRequest& request,
                              const TreeStates& states,
                              Diagnostics& diagnostics) {
  for (const auto& [v, state] : states) {
    std::vector<std::string> leaving;
    for (const auto& [key, files] : state.rocks)
      if (key.first == request.name && (request.version.empty() || request.version == key.second))
        leaving.push_back(key.second);
    const auto others = dependents(state, request.name, leaving);
    if (others.empty()) continue;
    const auto message = fmt::format("{} is needed by {}", request.name, text::join(others, ", "));
    if (!request.force)
      return fail(Errc::invalid_input, message, "remove these first, or use --force");
    diagnostics.warning(message);
  }
  return {};
}

}  // namespace

Result<std::vector<InstalledRock>> remove(const RemoveRequest& request,
                                          Io& io,
                                          Diagnostics& diagnostics) {
  // Looked up first: a rock that is not there needs no lock to be told.
  Diagnostics unheard;
  RS_TRY(show(request.tree, request.name, request.version, unheard));
  std::vector<InstalledRock> out;
  const auto is_meant = [&request](const std::string& name, const std::string& version) {
    return name == request.name && (request.version.empty() || version == request.version);
  };
  const auto change = [&](TreeEdit& edit) -> Result<void> {
    RS_TRY_ASSIGN(const auto before, read_states(edit, diagnostics));
    RS_TRY_ASSIGN(out, list(edit.tree(), unheard));
    std::erase_if(out, [&](const auto& rock) { return !is_meant(rock.name, rock.version); });
    RS_TRY(check_dependents(request, before, diagnostics));
    return take_out(
        before,
        [&](const RockKey& key) { return is_meant(key.first, key.second); },
        edit,
        diagnostics);
  };
  RS_TRY(change_tree(request.tree, io, diagnostics, change));
  return out;
}

Result<std::vector<InstalledRock>> purge(const std::string& tree,
                                         Io& io,
                                         Diagnostics& diagnostics) {
  Diagnostics unheard;
  RS_TRY(list(tree, unheard));  // without a tree there is nothing to lock
  std::vector<InstalledRock> out;
  const auto change = [&](TreeEdit& edit) -> Result<void> {
    RS_TRY_ASSIGN(const auto before, read_states(edit, diagnostics));
    RS_TRY_ASSIGN(out, list(edit.tree(), unheard));
    return take_out(
        before, [](const RockKey& /*key*/) { return true; }, edit, diagnostics);
  };
  RS_TRY(change_tree(tree, io, diagnostics, change));
  return out;
}

}  // namespace rockstage::stage
