#pragma once
#include <string>

// Paths as cargo treats them: by their text, links are not looked at.
namespace rockstage::cargo {

/// An absolute path without `.` and `..`; a `..` takes the name before it away.
std::string without_dots(const std::string& path);

/// The way from the directory `from` to `path`, both absolute: "../a"; "." for the same.
std::string relative_path(const std::string& path, const std::string& from);

/// True for `root` itself.
bool is_below(const std::string& path, const std::string& root);

}  // namespace rockstage::cargo
