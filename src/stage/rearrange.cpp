#include "stage/rearrange.hpp"

#include "stage/command_file.hpp"
#include "sys/files.hpp"

#include <vector>

namespace rockstage::stage {
namespace {

struct Move {
  std::string from, to;
};

/// Where a file is now; empty when it is nowhere. LuaRocks leaves heirs under their versioned names
/// at times (luarocks: repos.lua, delete_version).
std::string found_at(const Place& place, const TreeEdit& edit) {
  if (place.path.empty() || edit.exists(place.path)) return place.path;
  return edit.exists(place.file.versioned) ? place.file.versioned : std::string();
}

class Rearranger {
 public:
  Rearranger(const Rearrangement& what, TreeEdit& edit, Diagnostics& diagnostics)
      : what_(what),
        before_(places_of(what.before)),
        after_(places_of(what.after)),
        edit_(edit),
        diagnostics_(diagnostics) {}

  Result<void> run() {
    for (const auto& [id, place] : before_)
      plan(id.first, id.second, place);
    for (const auto& path : leaving_)
      RS_TRY(edit_.remove(path));
    // Who gives up a plain name goes before who takes it.
    for (const auto* moves : {&away_, &home_})
      for (const auto& move : *moves) {
        RS_TRY(set_aside(move.to, edit_, diagnostics_));
        RS_TRY(edit_.move(move.from, move.to));
      }
    RS_TRY(restore_commands());
    return remove_rock_directories();
  }

 private:
  void plan(const PlacedRock& rock, const std::string& file, const Place& place) {
    const auto from = found_at(place, edit_);
    if (from.empty()) return;
    const auto after = after_.find({rock, file});
    const bool stays = after != after_.end() && !what_.arriving.contains(rock);
    if (!stays || after->second.path.empty())
      leaving_.push_back(from);
    else if (const auto& to = after->second.path; from != to)
      (to == place.file.plain ? home_ : away_).push_back({from, to});
  }

  /// Commands that another Lua's rock had until now.
  Result<void> restore_commands() {
    for (const auto& [id, place] : after_) {
      const auto& [rock, file] = id;
      const auto before = before_.find(id);
      if (before == before_.end() || !before->second.path.empty() || place.path.empty()
          || what_.arriving.contains(rock))
        continue;
      const auto& layout = what_.after.at(rock.v).layout;
      const auto original = layout.rock_dir(rock.rock.first, rock.rock.second) + "/" + file;
      if (!edit_.exists(original)) continue;
      RS_TRY(set_aside(place.path, edit_, diagnostics_));
      RS_TRY_ASSIGN(const bool wrap, is_wrapped(rock.rock, original, layout, edit_));
      RS_TRY(put_command({rock, place, edit_.location(original), wrap}, edit_));
    }
    return {};
  }

  Result<void> remove_rock_directories() {
    for (const auto& [v, state] : what_.before)
      for (const auto& [key, files] : state.rocks) {
        const bool stays =
            what_.after.at(v).rocks.contains(key) && !what_.arriving.contains({v, key});
        if (!stays) RS_TRY(edit_.remove_directory(state.layout.rock_dir(key.first, key.second)));
      }
    return {};
  }

  const Rearrangement& what_;
  const Places before_, after_;
  TreeEdit& edit_;
  Diagnostics& diagnostics_;
  std::vector<std::string> leaving_;
  std::vector<Move> away_, home_;
};

}  // namespace

Result<void> rearrange(const Rearrangement& what, TreeEdit& edit, Diagnostics& diagnostics) {
  return Rearranger(what, edit, diagnostics).run();
}

}  // namespace rockstage::stage
