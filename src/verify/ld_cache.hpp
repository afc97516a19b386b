#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rockstage::verify {

/// Sonames and the paths that etc/ld.so.cache gives them, in its order: the table of magic
/// glibc-ld.so.cache1.1 (glibc, sysdeps/generic/dl-cache.h), alone or behind an old one. What lies
/// outside the file is left out; empty for a file of another form.
std::vector<std::pair<std::string, std::string>> read_ld_cache(std::string_view bytes);

}  // namespace rockstage::verify
