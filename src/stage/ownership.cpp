#include "stage/ownership.hpp"

#include "rock/version.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

namespace rockstage::stage {
namespace {

/// The module or command of a version directory that rocks may share.
using Item = std::pair<bool, std::string>;

bool comes_before(const RockKey& a, const RockKey& b) {
  if (a.first != b.first) return a.first < b.first;
  return rock::compare(rock::parse_version(a.second), rock::parse_version(b.second)) > 0;
}

std::map<Item, RockKey> owners_of(const TreeState& state) {
  std::map<Item, RockKey> out;
  for (const auto& [key, files] : state.rocks)
    for (const auto& file : deployed_files(state.layout, key, files)) {
      const auto [found, inserted] = out.try_emplace(Item(file.is_command, file.name), key);
      if (!inserted && comes_before(key, found->second)) found->second = key;
    }
  return out;
}

std::string spoken(const RockKey& key) {
  return key.first + " " + key.second;
}

std::string spoken(const DeployedFile& file) {
  return fmt::format("{} '{}'", file.is_command ? "command" : "module", file.name);
}

/// Whether the collision is news: not for a rock that stays, nor for the older versions that were
/// asked to be kept.
bool is_news(const PlacedRock& loser, const RockKey& owner, const std::set<PlacedRock>& arriving) {
  if (arriving.contains(loser)) return true;
  return owner.first != loser.rock.first && arriving.contains({loser.v, owner});
}

}  // namespace

Places places_of(const TreeStates& states) {
  Places out;
  std::set<std::string> commands;
  for (const auto& [v, state] : states) {
    const auto owners = owners_of(state);
    std::set<std::string> own_commands;
    for (const auto& [key, files] : state.rocks)
      for (auto& file : deployed_files(state.layout, key, files)) {
        Place place{file, owners.at(Item(file.is_command, file.name)), {}};
        place.path = place.owner == key ? file.plain : file.versioned;
        if (file.is_command && commands.contains(place.path))
          place.path.clear();
        else if (file.is_command)
          own_commands.insert(place.path);
        out.emplace(std::pair(PlacedRock{v, key}, file.file), std::move(place));
      }
    commands.merge(own_commands);
  }
  return out;
}

void warn_of_collisions(const Places& places,
                        const std::set<PlacedRock>& arriving,
                        Diagnostics& diagnostics) {
  for (const auto& [id, place] : places) {
    const auto& [rock, file] = id;
    if (place.path.empty() && arriving.contains(rock))
      diagnostics.warning(
          fmt::format("'{}' runs the command of another Lua's rock, not that of {} for {}",
                      place.owner == rock.rock ? place.file.plain : place.file.versioned,
                      spoken(rock.rock),
                      rock.v),
          "give each Lua its own tree with {lua} in --tree");
    if (place.owner == rock.rock || !is_news(rock, place.owner, arriving)) continue;
    diagnostics.warning(
        fmt::format("{} is in {} and in {}: the first owns it, the other's file is '{}'",
                    spoken(place.file),
                    spoken(place.owner),
                    spoken(rock.rock),
                    place.file.versioned),
        "`require` finds the owner's unless luarocks.loader is used; keep the rocks in two trees "
        "to have both");
  }
}

Result<void> set_aside(const std::string& path, TreeEdit& edit, Diagnostics& diagnostics) {
  if (!edit.exists(path)) return {};
  RS_TRY_ASSIGN(const auto found, sys::status(edit.location(path)));
  if (found.kind == sys::FileKind::directory)
    return fail(Errc::io,
                fmt::format("'{}' is a directory where a rock has a file", path),
                "move it out of the tree");
  auto aside = path + "~";
  while (edit.exists(aside))
    aside += "~";
  diagnostics.warning(fmt::format("'{}' belonged to no rock: kept as '{}'", path, aside));
  return edit.move(path, aside);
}

}  // namespace rockstage::stage
