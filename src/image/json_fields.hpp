#pragma once
#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Members of JSON objects from outside, where null, absent and of another type are all the same:
// not said.
namespace rockstage::image {

std::string text_at(const nlohmann::json& object, const char* key);
bool flag_at(const nlohmann::json& object, const char* key);
std::optional<std::uint64_t> size_at(const nlohmann::json& object, const char* key);
const nlohmann::json& array_at(const nlohmann::json& object, const char* key);
const nlohmann::json& object_at(const nlohmann::json& object, const char* key);
/// The texts of an array; a text alone is one of them.
std::vector<std::string> texts_at(const nlohmann::json& object, const char* key);

}  // namespace rockstage::image
