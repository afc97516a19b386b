#pragma once
#include "base/diagnostics.hpp"
#include "stage/tree_state.hpp"

#include <compare>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace rockstage::stage {

/// A rock for one version directory.
struct PlacedRock {
  std::string v;
  RockKey rock;

  auto operator<=>(const PlacedRock&) const = default;
};

/// Where a deployed file belongs. Of the rocks that provide one module or command the one with the
/// bytewise smaller name owns it, within one rock the newest version (luarocks: repos.lua); the
/// owner's files have their plain names, the others' their versioned ones. `bin` is one for all
/// version directories: of rocks for several Luas the first one's command is there.
struct Place {
  DeployedFile file;
  RockKey owner;     ///< within the version directory
  std::string path;  ///< empty when another Lua's rock has the command
};

/// By rock and path in the rock directory.
using Places = std::map<std::pair<PlacedRock, std::string>, Place>;

Places places_of(const TreeStates& states);

/// Says which items rocks of `arriving` share with others, who owns them, and where the others'
/// files are.
void warn_of_collisions(const Places& places,
                        const std::set<PlacedRock>& arriving,
                        Diagnostics& diagnostics);

/// A file that no installed rock owns is kept as `FILE~`, with a warning.
Result<void> set_aside(const std::string& path, TreeEdit& edit, Diagnostics& diagnostics);

}  // namespace rockstage::stage
