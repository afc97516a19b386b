#pragma once
#include <span>
#include <string>
#include <string_view>

namespace rockstage::config {

/// What a key of a file holds. A `path` is relative and stays below the file's directory; a
/// `directory` may be anywhere, and a relative one begins at the file.
enum class Kind { record, text, path, directory, number, flag, list, map, path_map };

/// One key that a file may have: its dotted path, and the option that it gives a default, if any.
struct Key {
  std::string_view path;
  Kind kind;
  std::string_view option = {};
};

/// The keys of `rockstage.yaml` (docs/formats/project.schema.json), parents before children.
std::span<const Key> project_keys();

/// The keys of the user's own file (docs/formats/user-config.schema.json): options by name.
std::span<const Key> user_keys();

}  // namespace rockstage::config
