#include "runtime/record_reader.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace rockstage::runtime {
namespace {

using config::YamlNode;

const char* name_of(YamlNode::Kind kind) {
  switch (kind) {
    case YamlNode::Kind::null:
      return "nothing";
    case YamlNode::Kind::scalar:
      return "a text";
    case YamlNode::Kind::list:
      return "a list of texts";
    case YamlNode::Kind::map:
      return "a mapping";
  }
  return "a value";
}

}  // namespace

void RecordReader::refuse(int line, const std::string& message) {
  if (!problem_)
    problem_ = Error{Errc::invalid_input,
                     fmt::format("{}:{}: {}", file_, line, message),
                     "docs/runtimes.md describes files of profiles",
                     {}};
}

void RecordReader::keys(const YamlNode& record, std::initializer_list<const char*> known) {
  const std::vector<std::string> names(known.begin(), known.end());
  for (const auto& [key, node] : record.fields)
    if (std::ranges::find(names, key) == names.end())
      refuse(node.line, fmt::format("unknown key '{}'{}", key, text::did_you_mean(key, names)));
}

bool RecordReader::is_map(const YamlNode& node, const std::string& what) {
  if (node.kind == YamlNode::Kind::map) return true;
  refuse(node.line, fmt::format("'{}' must be a mapping", what));
  return false;
}

const YamlNode* RecordReader::value(const YamlNode& record, const char* key, YamlNode::Kind kind) {
  const auto* node = record.find(key);
  if (node == nullptr || node->kind == YamlNode::Kind::null) return nullptr;
  if (node->kind == kind) return node;
  refuse(node->line, fmt::format("'{}' must be {}", key, name_of(kind)));
  return nullptr;
}

const YamlNode* RecordReader::map(const YamlNode& record, const char* key) {
  return value(record, key, YamlNode::Kind::map);
}

std::string RecordReader::text(const YamlNode& record, const char* key) {
  const auto* node = value(record, key, YamlNode::Kind::scalar);
  if (node == nullptr) return {};
  // The compiled table ends texts with NUL, and no path or name has one.
  if (node->scalar.find('\0') != std::string::npos)
    refuse(node->line, fmt::format("'{}' has a NUL byte", key));
  return node->scalar;
}

std::vector<std::string> RecordReader::list(const YamlNode& record, const char* key) {
  std::vector<std::string> texts;
  const auto* node = value(record, key, YamlNode::Kind::list);
  if (node == nullptr) return texts;
  for (const auto& item : node->items) {
    if (item.kind != YamlNode::Kind::scalar || item.scalar.find('\0') != std::string::npos) {
      refuse(item.line, fmt::format("an item of '{}' must be a text", key));
      break;
    }
    texts.push_back(item.scalar);
  }
  return texts;
}

bool RecordReader::flag(const YamlNode& record, const char* key) {
  const auto* node = value(record, key, YamlNode::Kind::scalar);
  if (node == nullptr) return false;
  if (node->quoted || (node->scalar != "true" && node->scalar != "false"))
    refuse(node->line, fmt::format("'{}' must be true or false", key));
  return node->scalar == "true";
}

std::int64_t RecordReader::number(const YamlNode& record, const char* key) {
  const auto* node = value(record, key, YamlNode::Kind::scalar);
  if (node == nullptr) return -1;
  const auto& digits = node->scalar;
  std::int64_t number = -1;
  const auto end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number);
  if (error != std::errc() || stop != end || number < 0 || number > UINT32_MAX) {
    refuse(node->line, fmt::format("'{}' must be a whole number from 0", key));
    return -1;
  }
  return number;
}

}  // namespace rockstage::runtime
