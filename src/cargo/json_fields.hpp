#pragma once
#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

// Members of cargo's JSON objects, where null, absent and of another type are all the same: not
// said.
namespace rockstage::cargo {

std::string text_at(const nlohmann::json& object, const char* key);
bool flag_at(const nlohmann::json& object, const char* key, bool otherwise);
const nlohmann::json& array_at(const nlohmann::json& object, const char* key);
std::vector<std::string> texts(const nlohmann::json& array);  ///< the texts among its items

}  // namespace rockstage::cargo
