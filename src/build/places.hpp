#pragma once
#include "base/result.hpp"

#include <string>

namespace rockstage::build {

/// Where a build works: what `{work}`, `{rock}` and `{objects}` in the texts of a plan stand for.
/// All absolute.
struct Places {
  std::string work, rock, objects;
};

/// `text` with its placeholders filled in; after a `$` they are none.
std::string fill(const Places& places, const std::string& text);

/// True when `path` is `directory` or lies below it, by its text.
bool is_below(const std::string& path, const std::string& directory);

/// The file `path` below `directory` that a rockspec wants to write (patches, extra files),
/// absolute. Errc::invalid_input, with `what` in its message, for names that leave it, also through
/// links, and for links.
Result<std::string> writable_target(const std::string& directory,
                                    const std::string& path,
                                    const std::string& what);

}  // namespace rockstage::build
