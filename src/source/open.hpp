#pragma once
#include "base/diagnostics.hpp"
#include "source/types.hpp"
#include "sys/io.hpp"

#include <optional>
#include <string>

namespace rockstage::source {

struct Request {
  std::string argument;       ///< SOURCE as given; empty: the current directory
  std::string manifest_path;  ///< --manifest-path, --package: of a crate without a rockspec
  std::string package;
  bool isolated = false;  ///< read no rockstage.yaml or package.yaml
  /// Where a rock file is unpacked: a directory of the caller's, empty, and kept as long as the
  /// rock is used. Without one no rock files are taken.
  std::string scratch;
};

/// The project file that belongs to SOURCE, read on its own: its option defaults are needed before
/// anything else. nullopt when there is none, or SOURCE is no directory and no rockspec.
Result<std::optional<config::ProjectFile>> find_project(const Request& request, Io& io);

/// Finds the rock that SOURCE names (cli.md, "build": directory, project file, rockspec,
/// package.yaml, crate) and reads it. Errc::invalid_input: no rock there, rockspecs of several
/// rocks, a rock file that cannot be taken (rock_file.hpp); Errc::not_found: no such file;
/// Errc::usage with the nearest name for a mistyped path; Errc::unsupported: URLs and names, which
/// need what does not exist yet, and rock files without Request::scratch.
Result<Rock> open(const Request& request, Io& io, Diagnostics& diagnostics);

}  // namespace rockstage::source
