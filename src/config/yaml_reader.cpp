#include "config/yaml_reader.hpp"

#include "base/rel_path.hpp"
#include "base/text.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <set>

namespace rockstage::config {
namespace {

constexpr std::uint64_t kLargestFile = std::uint64_t{1} << 20;
constexpr std::size_t kMostNodes = 10'000;  // aliases can make a small text a large document

const char* name_of(Kind kind) {
  switch (kind) {
    case Kind::record:
      return "a mapping";
    case Kind::text:
      return "a text";
    case Kind::path:
      return "a relative path";
    case Kind::directory:
      return "a directory";
    case Kind::number:
      return "a number";
    case Kind::flag:
      return "true or false";
    case Kind::list:
      return "a list of texts";
    case Kind::map:
      return "a mapping of texts";
    case Kind::path_map:
      return "a mapping of texts to relative paths";
  }
  return "a value";
}

int line_of(const YAML::Node& node) {
  return node.Mark().line + 1;
}

class Reader {
 public:
  Reader(const std::string& path, std::span<const Key> keys, UnknownKeys unknown)
      : path_(path), keys_(keys), unknown_(unknown) {}

  Result<std::map<std::string, Setting>> read(const YAML::Node& root) {
    if (root.IsNull()) return std::map<std::string, Setting>{};
    if (!root.IsMap()) return refuse(root, "the file is no mapping of keys to values");
    RS_TRY(record(root, ""));
    return std::move(settings_);
  }

 private:
  tl::unexpected<Error> refuse(const YAML::Node& node, const std::string& message) const {
    return fail(Errc::invalid_input, fmt::format("{}:{}: {}", path_, line_of(node), message));
  }

  [[nodiscard]] const Key* find(const std::string& path) const {
    const auto found = std::ranges::find(keys_, std::string_view(path), &Key::path);
    return found == keys_.end() ? nullptr : &*found;
  }

  /// The names that are allowed below `prefix`.
  [[nodiscard]] std::vector<std::string> names_below(const std::string& prefix) const {
    std::vector<std::string> names;
    for (const auto& key : keys_)
      if (key.path.starts_with(prefix)
          && key.path.find('.', prefix.size()) == std::string_view::npos)
        names.emplace_back(key.path.substr(prefix.size()));
    return names;
  }

  Result<void> record(const YAML::Node& node, const std::string& prefix) {
    std::set<std::string> seen;
    for (const auto& entry : node) {
      RS_TRY_ASSIGN(const auto name, text(entry.first, "a key"));
      if (!seen.insert(name).second)
        return refuse(entry.first, fmt::format("the key '{}{}' stands twice", prefix, name));
      // A dot would reach into a record: names in files have none.
      const auto* key = name.find('.') == std::string::npos ? find(prefix + name) : nullptr;
      if (key != nullptr)
        RS_TRY(value(*key, entry.second));
      else if (unknown_ == UnknownKeys::refuse)
        return refuse(entry.first,
                      fmt::format("unknown key '{}{}'{}",
                                  prefix,
                                  name,
                                  text::did_you_mean(name, names_below(prefix))));
    }
    return {};
  }

  Result<void> value(const Key& key, const YAML::Node& node) {
    if (key.kind == Kind::record) {
      if (!node.IsMap()) return wrong_kind(key, node);
      return record(node, std::string(key.path) + ".");
    }
    Setting setting;
    setting.line = line_of(node);
    if (key.kind == Kind::map || key.kind == Kind::path_map)
      RS_TRY(map(key, node, setting));
    else if (key.kind == Kind::list)
      RS_TRY(list(key, node, setting));
    else {
      if (!node.IsScalar()) return wrong_kind(key, node);
      RS_TRY_ASSIGN(auto single, scalar(key, node));
      setting.texts.push_back(std::move(single));
    }
    settings_[std::string(key.path)] = std::move(setting);
    return {};
  }

  Result<void> map(const Key& key, const YAML::Node& node, Setting& setting) {
    if (!node.IsMap()) return wrong_kind(key, node);
    for (const auto& entry : node) {
      RS_TRY_ASSIGN(auto name, text(entry.first, "a key"));
      RS_TRY_ASSIGN(auto content, text(entry.second, fmt::format("'{}.{}'", key.path, name)));
      if (std::ranges::find(setting.pairs, name, &std::pair<std::string, std::string>::first)
          != setting.pairs.end())
        return refuse(entry.first, fmt::format("the key '{}.{}' stands twice", key.path, name));
      if (key.kind == Kind::path_map) {
        RS_TRY_ASSIGN(content,
                      relative(entry.second, fmt::format("{}.{}", key.path, name), content));
      }
      setting.pairs.emplace_back(std::move(name), std::move(content));
    }
    std::ranges::sort(setting.pairs);
    return {};
  }

  Result<void> list(const Key& key, const YAML::Node& node, Setting& setting) {
    // One text stands for a list of one, as in many tools' files.
    if (node.IsScalar()) {
      RS_TRY_ASSIGN(auto single, text(node, ""));
      setting.texts.push_back(std::move(single));
      return {};
    }
    if (!node.IsSequence()) return wrong_kind(key, node);
    for (const auto& item : node) {
      RS_TRY_ASSIGN(auto content, text(item, fmt::format("an item of '{}'", key.path)));
      setting.texts.push_back(std::move(content));
    }
    return {};
  }

  Result<std::string> scalar(const Key& key, const YAML::Node& node) {
    RS_TRY_ASSIGN(auto content, text(node, fmt::format("'{}'", key.path)));
    switch (key.kind) {
      case Kind::flag:
        if (content != "true" && content != "false") return wrong_kind(key, node);
        break;
      case Kind::number:
        if (content.empty() || content.find_first_not_of("0123456789") != std::string::npos)
          return wrong_kind(key, node);
        break;
      case Kind::path:
        return relative(node, std::string(key.path), content);
      case Kind::directory:
        if (content.empty()) return wrong_kind(key, node);
        return sys::join(sys::parent(path_), content);
      default:
        break;
    }
    return content;
  }

  /// A path below the file's directory, in normal form.
  Result<std::string> relative(const YAML::Node& node,
                               const std::string& key,
                               const std::string& content) const {
    const auto path = RelPath::parse(content);
    if (!path) return refuse(node, fmt::format("'{}': {}", key, path.error().message));
    if (path->empty()) return refuse(node, fmt::format("'{}' names no file or folder", key));
    return path->str();
  }

  Result<std::string> text(const YAML::Node& node, const std::string& what) {
    if (++nodes_ > kMostNodes)
      return refuse(node, fmt::format("the file has more than {} values", kMostNodes));
    if (!node.IsScalar()) return refuse(node, fmt::format("{} must be a text", what));
    return node.Scalar();
  }

  tl::unexpected<Error> wrong_kind(const Key& key, const YAML::Node& node) const {
    return refuse(node, fmt::format("'{}' must be {}", key.path, name_of(key.kind)));
  }

  const std::string& path_;
  std::span<const Key> keys_;
  UnknownKeys unknown_;
  std::map<std::string, Setting> settings_;
  std::size_t nodes_ = 0;
};

}  // namespace

Result<std::map<std::string, Setting>> read_yaml(const std::string& path,
                                                 std::span<const Key> keys,
                                                 UnknownKeys unknown) {
  RS_TRY_ASSIGN(const auto content, sys::read_file(path, kLargestFile));
  try {
    const auto documents = YAML::LoadAll(content);
    if (documents.empty()) return std::map<std::string, Setting>{};
    if (documents.size() > 1)
      return fail(
          Errc::invalid_input,
          fmt::format("{}:{}: the file has more than one document", path, line_of(documents[1])));
    return Reader(path, keys, unknown).read(documents.front());
  } catch (const YAML::Exception& error) {
    return fail(Errc::invalid_input,
                fmt::format("{}:{}: bad YAML: {}", path, error.mark.line + 1, error.msg));
  }
}

}  // namespace rockstage::config
