#pragma once
#include "base/diagnostics.hpp"
#include "base/result.hpp"
#include "source/types.hpp"

#include <string>

namespace rockstage::source {

/// What the name of a rock file says: `NAME-VERSION.ARCH.rock`.
struct RockFileName {
  std::string name, version;
  std::string arch;  ///< "all", "linux-x86_64"; "src" for a rock of sources
};

/// Errc::invalid_input for a name of another form.
Result<RockFileName> parse_rock_file_name(const std::string& file);

/// The binary rock `file`, unpacked into `directory`, an empty one of the caller's: each file as
/// its rock_manifest has it, and with its final mode. Errc::invalid_input for what cannot be
/// unpacked (archive::unpack_zip), for files that the manifest does not list, or lists otherwise,
/// and for a rockspec that is not that of the file's name.
Result<Rock> open_binary_rock(const std::string& file,
                              const RockFileName& name,
                              const std::string& directory,
                              Diagnostics& diagnostics);

/// Where the sources of an unpacked rock lie.
struct UnpackedSources {
  std::string rockspec;   ///< its path
  std::string directory;  ///< `source.dir`, as LuaRocks finds it
};

/// The source rock `file`, unpacked into `directory` with the archive in it. Errc::invalid_input
/// for what cannot be unpacked, an archive that does not match `source.md5`, a `source.dir` that is
/// not there.
Result<UnpackedSources> unpack_source_rock(const std::string& file,
                                           const RockFileName& name,
                                           const std::string& directory);

}  // namespace rockstage::source
