#pragma once
#include "base/diagnostics.hpp"
#include "cargo/types.hpp"
#include "source/types.hpp"
#include "sys/io.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace rockstage::build {

/// A scratch copy of the sources, in which a build may write.
struct WorkCopy {
  std::string work;                  ///< the sources in it
  std::string root;                  ///< below it every path of the sources is what it is below `/`
  std::string workspace;             ///< the cargo workspace in it; `work` without one
  std::vector<std::string> outside;  ///< what the workspace takes by path from elsewhere, in it
};

/// True when something in the sources is built by cargo.
bool has_crate(const source::Rock& rock);

struct WorkCopyRequest {
  const source::Rock& rock;
  std::string scratch;                          ///< the copy is made in it, as `copy`
  const cargo::Toolchain* toolchain = nullptr;  ///< nullptr: nothing is built by cargo
  std::string tree;                             ///< not copied, should it lie in the sources
  std::string manifest = {};  ///< of the crate that cargo builds; empty: Cargo.toml of the sources
};

/// Copies the sources — the whole cargo workspace, where they are a part of one — into
/// `request.scratch` as `copy`, without `.git`. Cargo's configuration and toolchain files of the
/// folders above apply to the copy. Errc::invalid_input for a link that leaves the sources.
Result<WorkCopy> copy_sources(const WorkCopyRequest& request, Io& io);

/// As copy_sources(), without what earlier builds left (cargo's target directories, LuaRocks'
/// build.luarocks); writes the rockspec's extra files and applies its patches. Errc::invalid_input
/// for a patch that does not fit, too.
Result<WorkCopy> make_work_copy(const WorkCopyRequest& request, Io& io, Diagnostics& diagnostics);

/// A shared object that lay in the sources before anything was built.
struct FoundObject {
  std::string path;  ///< relative to the work copy
  std::int64_t mtime_ns = 0;
  std::uint64_t inode = 0;
};

/// Those of `work`, by sha256.
Result<std::map<std::string, FoundObject>> find_shared_objects(const std::string& work);

}  // namespace rockstage::build
