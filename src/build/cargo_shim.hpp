#pragma once
#include "build/work_copy.hpp"
#include "cargo/compile.hpp"
#include "cargo/types.hpp"
#include "sys/io.hpp"

#include <string>
#include <vector>

namespace rockstage::build {

/// What the `cargo` of a make, cmake or command build does besides calling the real one.
struct CargoShim {
  std::string cargo;     ///< the real program
  std::string host;      ///< triple; flags are only for it
  std::string messages;  ///< directory that keeps what cargo said, one file a call
  std::vector<std::string> configured_flags;  ///< rustflags of the user's cargo configuration,
                                              ///< which any variable replaces
  std::vector<std::string> added_flags;       ///< ours
  bool locked = false;                        ///< `--locked` even without a Cargo.lock
};

/// Its text, for /bin/sh. For `build`, `b` and `rustc` it adds `--locked` where the workspace has a
/// Cargo.lock, and
/// `--message-format json-render-diagnostics` with standard output kept in a file, unless the
/// caller gave them; arguments after `--` stay after it, `+toolchain` stays first. The exit status
/// is cargo's. There is no variable of cargo's for either.
std::string shim_script(const CargoShim& shim);

struct ShimRequest {
  const cargo::Toolchain& toolchain;
  const WorkCopy& copy;
  std::string scratch;
  bool locked = false;  ///< --locked
};

/// A shim in place.
struct InstalledShim {
  std::string directory;  ///< to stand first on PATH
  std::string messages;
};

/// Writes it below the scratch directory, with flags that give the paths of the copy and of the
/// toolchain fixed names.
Result<InstalledShim> install_shim(const ShimRequest& request, Io& io);

/// Everything that cargo said in the calls that were kept in `directory`.
Result<cargo::MessageReader> read_messages(const std::string& directory);

}  // namespace rockstage::build
