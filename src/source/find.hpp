#pragma once
#include "base/result.hpp"

#include <string>
#include <vector>

namespace rockstage::source {

/// What the text of a SOURCE argument names.
enum class ArgumentKind { directory, rockspec, rock_file, url, name };

/// Errc::not_found with the nearest name for a path that is not there; Errc::usage for a file that
/// is no rockspec.
Result<ArgumentKind> classify(const std::string& argument);

/// The rockspec of `directory`: the newest release in it, its `rockspec/` and `rockspecs/`; a
/// version that names a moving state only when there is no release. Empty when there is none.
/// Errc::invalid_input lists them when they are of several rocks and none is named like the
/// directory.
Result<std::string> find_rockspec(const std::string& directory);

/// The directory with the sources of a rockspec: its own, or the folder above for one in
/// `rockspec/` or `rockspecs/`.
std::string source_directory(const std::string& rockspec_path);

}  // namespace rockstage::source
