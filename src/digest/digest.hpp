#pragma once
#include "base/result.hpp"

#include <string>
#include <string_view>

namespace rockstage::digest {

enum class Algorithm { md5, sha256, sha512 };

/// Lower-case hexadecimal.
std::string hex(Algorithm algorithm, std::string_view bytes);

/// The same of a file's bytes, read in blocks; links are followed. Errc::not_found, Errc::io.
Result<std::string> hex_of_file(Algorithm algorithm, const std::string& path);

}  // namespace rockstage::digest
