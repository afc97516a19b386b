#pragma once
#include <string>
#include <string_view>

namespace rockstage::build {

/// The Debian package that has a header (`zlib.h`, `openssl/ssl.h`) or a library (`z`, `libz.so`)
/// for development, or a program; empty where it is not known here.
std::string debian_package(std::string_view file);

/// "install it (Debian: apt install zlib1g-dev)", or "install it".
std::string how_to_install(std::string_view file);

}  // namespace rockstage::build
