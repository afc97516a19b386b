#include "stage/ownership.hpp"

#include "rock/version.hpp"

#include <fmt/format.h>

#include <set>

namespace rockstage::stage {
namespace {

bool comes_before(const RockKey& a, const RockKey& b) {
  if (a.first != b.first) return a.first < b.first;
  return rock::compare(rock::parse_version(a.second), rock::parse_version(b.second)) > 0;
}

std::string spoken(const RockKey& key) {
  return key.first + " " + key.second;
}

struct Move {
  std::string from, to;
};

}  // namespace

Ownership::Ownership(const TreeState& state) {
  for (const auto& [key, files] : state.rocks)
    for (const auto& file : deployed_files(state.layout, key, files)) {
      const auto [found, inserted] = owners_.emplace(file.item, key);
      if (!inserted && comes_before(key, found->second)) found->second = key;
    }
}

Result<void> move_to_owners(const TreeState& state, const RockKey* arriving, TreeEdit& edit) {
  const Ownership ownership(state);
  std::vector<Move> away;
  std::vector<Move> home;
  for (const auto& [key, files] : state.rocks) {
    if (arriving != nullptr && key == *arriving) continue;
    for (const auto& file : deployed_files(state.layout, key, files)) {
      const auto from = current_path(edit, file);
      const auto& to = ownership.path(key, file);
      if (from != to && edit.exists(from)) (to == file.plain ? home : away).push_back({from, to});
    }
  }
  // Who leaves a plain name goes before who takes it.
  for (const auto& move : away)
    RS_TRY(edit.move(move.from, move.to));
  for (const auto& move : home)
    if (!edit.exists(move.to)) RS_TRY(edit.move(move.from, move.to));
  return {};
}

void warn_of_collisions(const TreeState& state, const RockKey& key, Diagnostics& diagnostics) {
  const Ownership ownership(state);
  std::set<std::string> own;
  for (const auto& file : deployed_files(state.layout, key, state.rocks.at(key)))
    own.insert(file.item);
  for (const auto& [other, files] : state.rocks)
    for (const auto& file : deployed_files(state.layout, other, files)) {
      if (!own.contains(file.item) || ownership.owner(file.item) == other) continue;
      const auto& owner = ownership.owner(file.item);
      if (other != key && owner != key) continue;
      diagnostics.warning(fmt::format("{} is in {} and in {}: {} owns it, the other's file is '{}'",
                                      file.item,
                                      spoken(owner),
                                      spoken(other),
                                      spoken(owner),
                                      file.versioned),
                          "`require` finds the owner's unless luarocks.loader is used; keep the "
                          "rocks in two trees to have both");
    }
}

}  // namespace rockstage::stage
