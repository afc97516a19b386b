#include "build/packages.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rockstage::build {
namespace {

struct Row {
  std::string_view file, package;
};

/// Headers, libraries without `lib` and suffix, programs; as in Debian 12.
constexpr Row kRows[] = {
    {"bzlib.h", "libbz2-dev"},
    {"bz2", "libbz2-dev"},
    {"cc", "gcc"},
    {"cmake", "cmake"},
    {"crypto", "libssl-dev"},
    {"curl/curl.h", "libcurl4-openssl-dev"},
    {"curl", "libcurl4-openssl-dev"},
    {"event.h", "libevent-dev"},
    {"event2/event.h", "libevent-dev"},
    {"expat.h", "libexpat1-dev"},
    {"expat", "libexpat1-dev"},
    {"ffi.h", "libffi-dev"},
    {"g++", "g++"},
    {"gcc", "gcc"},
    {"git", "git"},
    {"idna.h", "libidn11-dev"},
    {"lauxlib.h", "libluajit-5.1-dev, or liblua5.4-dev for Lua 5.4"},
    {"ldap.h", "libldap-dev"},
    {"lua.h", "libluajit-5.1-dev, or liblua5.4-dev for Lua 5.4"},
    {"luajit.h", "libluajit-5.1-dev"},
    {"lz4.h", "liblz4-dev"},
    {"make", "make"},
    {"mysql.h", "libmariadb-dev-compat"},
    {"ncurses.h", "libncurses-dev"},
    {"openssl/evp.h", "libssl-dev"},
    {"openssl/ssl.h", "libssl-dev"},
    {"pcre.h", "libpcre3-dev"},
    {"pcre", "libpcre3-dev"},
    {"pcre2.h", "libpcre2-dev"},
    {"pcre2-8", "libpcre2-dev"},
    {"pkg-config", "pkg-config"},
    {"postgresql/libpq-fe.h", "libpq-dev"},
    {"libpq-fe.h", "libpq-dev"},
    {"pq", "libpq-dev"},
    {"readline/readline.h", "libreadline-dev"},
    {"readline", "libreadline-dev"},
    {"sodium.h", "libsodium-dev"},
    {"sodium", "libsodium-dev"},
    {"sqlite3.h", "libsqlite3-dev"},
    {"sqlite3", "libsqlite3-dev"},
    {"ssl", "libssl-dev"},
    {"uuid/uuid.h", "uuid-dev"},
    {"uv.h", "libuv1-dev"},
    {"uv", "libuv1-dev"},
    {"yaml.h", "libyaml-dev"},
    {"yaml", "libyaml-dev"},
    {"z", "zlib1g-dev"},
    {"zip.h", "libzip-dev"},
    {"zlib.h", "zlib1g-dev"},
    {"zmq.h", "libzmq3-dev"},
    {"zstd.h", "libzstd-dev"},
    {"zstd", "libzstd-dev"},
};

/// `libz.so.1` → `z`; anything else as it is.
std::string_view library_name(std::string_view file) {
  const auto suffix = std::min(file.find(".so"), file.find(".a"));
  if (!file.starts_with("lib") || suffix == std::string_view::npos) return file;
  return file.substr(3, suffix - 3);
}

}  // namespace

std::string debian_package(std::string_view file) {
  for (const Row& row : kRows) {
    if (row.file == file || row.file == library_name(file)) return std::string(row.package);
  }
  return {};
}

std::string how_to_install(std::string_view file) {
  const std::string package = debian_package(file);
  return package.empty() ? "install it"
                         : fmt::format("install it (Debian: apt install {})", package);
}

}  // namespace rockstage::build
