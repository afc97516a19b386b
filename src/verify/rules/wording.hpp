#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace rockstage::verify {

/// "1.3 GB", "12 kB", "1 byte": decimal units, as registries count.
std::string size_text(std::uint64_t bytes);

/// "1 file", "3 files".
std::string count_text(std::uint64_t count, std::string_view noun);

}  // namespace rockstage::verify
