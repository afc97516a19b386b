#pragma once
#include "stage/types.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

// The rocks of a tree, in LuaRocks' own terms.
namespace rockstage::report {

std::string list_text(const std::vector<stage::InstalledRock>& rocks);
/// `NAME⇥VERSION⇥installed⇥ROCKS_DIR`, as `luarocks list --porcelain`.
std::string list_porcelain(const std::vector<stage::InstalledRock>& rocks);

std::string show_text(const stage::InstalledRock& rock);
/// As `luarocks show --porcelain`, with the command's path where LuaRocks prints a wrong one.
std::string show_porcelain(const stage::InstalledRock& rock);

nlohmann::json rock_data(const stage::InstalledRock& rock);
nlohmann::json rocks_data(const std::vector<stage::InstalledRock>& rocks);

}  // namespace rockstage::report
