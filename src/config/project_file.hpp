#pragma once
#include "base/diagnostics.hpp"
#include "config/types.hpp"
#include "sys/io.hpp"

#include <string>

namespace rockstage::config {

/// Reads `path` (`rockstage.yaml` or `package.yaml`). Errc::invalid_input with file and line: bad
/// YAML, an unknown key (with the nearest name), a value of the wrong type, `..` in a path. Strings
/// are literal, nothing is expanded.
Result<ProjectFile> read_project_file(const std::string& path);

/// The user's own file, `$XDG_CONFIG_HOME/rockstage/config.yaml` (else `~/.config/…`): options
/// only. An absent file has none.
Result<ProjectFile> read_user_file(const sys::Environment& environment);

}  // namespace rockstage::config
