#pragma once
#include "base/result.hpp"

#include <string>

namespace rockstage::archive {

/// Whether symbolic and hard links are taken that stay in the archive; others never are.
enum class Links { refuse, within };

/// Unpacks `file`, a zip or a tar (plain, gzip, zstd, xz; found by its content), into `directory`,
/// which is empty and nobody else's. Files become 0755 where their owner may execute them, else
/// 0644, directories 0755; nothing else of a member is kept. Errc::invalid_input says what is
/// wrong: no such archive, damage, a name or link that leads out of it, a name that comes twice,
/// devices, more than a rock can be (100,000 members, 512 MiB in one, 4 GiB in all, 200 times what
/// is packed). Errc::not_found, Errc::io.
Result<void> unpack_archive(const std::string& file, const std::string& directory, Links links);

/// The same, for what must be a zip.
Result<void> unpack_zip(const std::string& file, const std::string& directory, Links links);

}  // namespace rockstage::archive
