#include "image/json_fields.hpp"

#include <nlohmann/json.hpp>

namespace rockstage::image {
namespace {

const nlohmann::json& at(const nlohmann::json& object, const char* key) {
  static const nlohmann::json kNothing;
  if (!object.is_object()) return kNothing;
  const auto found = object.find(key);
  return found == object.end() ? kNothing : *found;
}

}  // namespace

std::string text_at(const nlohmann::json& object, const char* key) {
  const auto& value = at(object, key);
  return value.is_string() ? value.get<std::string>() : std::string();
}

bool flag_at(const nlohmann::json& object, const char* key) {
  const auto& value = at(object, key);
  return value.is_boolean() && value.get<bool>();
}

std::optional<std::uint64_t> size_at(const nlohmann::json& object, const char* key) {
  const auto& value = at(object, key);
  if (!value.is_number_unsigned()) return std::nullopt;
  return value.get<std::uint64_t>();
}

const nlohmann::json& array_at(const nlohmann::json& object, const char* key) {
  static const nlohmann::json kEmpty = nlohmann::json::array();
  const auto& value = at(object, key);
  return value.is_array() ? value : kEmpty;
}

const nlohmann::json& object_at(const nlohmann::json& object, const char* key) {
  static const nlohmann::json kEmpty = nlohmann::json::object();
  const auto& value = at(object, key);
  return value.is_object() ? value : kEmpty;
}

std::vector<std::string> texts_at(const nlohmann::json& object, const char* key) {
  const auto& value = at(object, key);
  if (value.is_string()) return {value.get<std::string>()};
  std::vector<std::string> texts;
  if (value.is_array())
    for (const auto& item : value)
      if (item.is_string()) texts.push_back(item.get<std::string>());
  return texts;
}

}  // namespace rockstage::image
