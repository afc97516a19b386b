#pragma once
#include <string>

namespace rockstage::build {

/// Where a build works: what `{work}`, `{rock}` and `{objects}` in the texts of a plan stand for.
/// All absolute.
struct Places {
  std::string work, rock, objects;
};

/// `text` with its placeholders filled in.
std::string fill(const Places& places, const std::string& text);

/// True when `path` is `directory` or lies below it, by its text.
bool is_below(const std::string& path, const std::string& directory);

}  // namespace rockstage::build
