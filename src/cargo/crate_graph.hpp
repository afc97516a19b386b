#pragma once
#include "cargo/compile.hpp"

#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace rockstage::cargo {

/// Checksums of a Cargo.lock, by name, version and source of the package.
using LockChecksums = std::map<std::tuple<std::string, std::string, std::string>, std::string>;

/// Where a step's crates come from: the graph that cargo resolves, and what its lock file adds.
struct CrateGraph {
  Metadata metadata;
  LockChecksums checksums;
  std::string manifest_path;  ///< that it was resolved for: the step's, or the mirror's
};

/// The graph for the step's features and target; without a lock file that of the mirror, under the
/// names outside it. Crates that only other members of the workspace ask for may be in it, too.
/// Errc::invalid_input as `cargo metadata` fails.
Result<CrateGraph> resolve_crates(const CompileStep& step, Io& io);

/// What compiling the package `root` will compile by the graph, sorted by id, without features.
std::vector<CompiledCrate> expected_crates(const Metadata& metadata, const std::string& root);

/// Empty when there is no such file. Errc::io; Errc::invalid_input for bad syntax.
Result<LockChecksums> lock_checksums(const std::string& path);

/// Drops what `cargo tree` does not name: `cargo metadata` knows only one set of features for a
/// package, and keeps what weak features (`serde?/std`) mention. Keeps all where it fails.
Result<void> drop_unused(std::vector<CompiledCrate>& crates,
                         const CompileStep& step,
                         const CrateGraph& graph,
                         Io& io);

/// Adds what graph and lock file know of each crate: licence, checksum, dependencies among
/// `crates`.
void add_graph(std::vector<CompiledCrate>& crates, const CrateGraph& graph);

}  // namespace rockstage::cargo
