#pragma once
#include "base/diagnostics.hpp"
#include "cargo/types.hpp"
#include "sys/io.hpp"

#include <string>
#include <vector>

namespace rockstage::cargo {

struct InspectRequest {
  std::string manifest_path;          ///< absolute, of a package or a workspace
  std::vector<std::string> targets;   ///< triples; empty: the host
  std::vector<std::string> profiles;  ///< profile names whose `panic` is wanted
  bool locked = false, offline = false;
};

/// cargo and rustc as `directory` gets them. Errc::not_found when they are not here (hint: how to
/// get them); Errc::invalid_input when the project pins a toolchain that is not installed ("needs
/// nightly-2026-01-01, not installed").
Result<Toolchain> find_toolchain(const std::string& directory, Io& io);

/// Everything a plan needs to know of a crate, without building and without writing into its
/// directory: a missing or stale lock file is a fact (metadata is then read with `--no-deps`, and
/// the graph is empty), not an error.
Result<CrateFacts> inspect(const InspectRequest& request, Io& io, Diagnostics& diagnostics);

/// Parses `cargo metadata --format-version 1`.
Result<Metadata> parse_metadata(const std::string& json);

/// The package to build: `wanted` by name (or id) among the workspace's members; without one the
/// package of `manifest_path`, or the only member with a library that can be a cdylib. Errc::usage
/// lists the choices.
Result<const Package*> choose_package(const Metadata& metadata,
                                      const std::string& manifest_path,
                                      const std::string& wanted);

/// Number of packages that building `package` takes (itself included), for progress; 0 when the
/// graph is not known.
std::size_t crates_to_build(const Metadata& metadata, const std::string& package_id);

}  // namespace rockstage::cargo
