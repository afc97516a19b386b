#include "emit/runtime_libraries.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace rockstage::emit {
namespace {

struct Row {
  std::string_view name;   ///< as after -l
  std::string_view crate;  ///< that links it; empty for none
  std::string_view soname, package;
};

// Debian 12. Crates that bring the library's source and link it statically by default (zstd-sys,
// lz4-sys) are not among them.
constexpr Row kRows[] = {
    {"bz2", "bzip2-sys", "libbz2.so.1.0", "libbz2-1.0"},
    {"crypto", "", "libcrypto.so.3", "libssl3"},
    {"curl", "curl-sys", "libcurl.so.4", "libcurl4"},
    {"event", "", "libevent-2.1.so.7", "libevent-2.1-7"},
    {"expat", "expat-sys", "libexpat.so.1", "libexpat1"},
    {"ffi", "libffi-sys", "libffi.so.8", "libffi8"},
    {"lz4", "", "liblz4.so.1", "liblz4-1"},
    {"lzma", "lzma-sys", "liblzma.so.5", "liblzma5"},
    {"mariadb", "mysqlclient-sys", "libmariadb.so.3", "libmariadb3"},
    {"pcre", "", "libpcre.so.3", "libpcre3"},
    {"pcre2-8", "pcre2-sys", "libpcre2-8.so.0", "libpcre2-8-0"},
    {"pq", "pq-sys", "libpq.so.5", "libpq5"},
    {"readline", "", "libreadline.so.8", "libreadline8"},
    {"sodium", "libsodium-sys", "libsodium.so.23", "libsodium23"},
    {"sqlite3", "libsqlite3-sys", "libsqlite3.so.0", "libsqlite3-0"},
    {"ssl", "openssl-sys", "libssl.so.3", "libssl3"},
    {"uuid", "", "libuuid.so.1", "libuuid1"},
    {"uv", "", "libuv.so.1", "libuv1"},
    {"xml2", "", "libxml2.so.2", "libxml2"},
    {"yaml", "", "libyaml-0.so.2", "libyaml-0-2"},
    {"z", "libz-sys", "libz.so.1", "zlib1g"},
    {"zip", "", "libzip.so.4", "libzip4"},
    {"zmq", "zmq-sys", "libzmq.so.5", "libzmq5"},
    {"zstd", "", "libzstd.so.1", "libzstd1"},
};

/// `libz.so.1` → `z`; anything else as it is.
std::string_view plain_name(std::string_view library) {
  const auto suffix = std::min(library.find(".so"), library.find(".a"));
  if (!library.starts_with("lib") || suffix == std::string_view::npos) return library;
  constexpr std::size_t kPrefix = 3;
  return library.substr(kPrefix, suffix - kPrefix);
}

}  // namespace

std::vector<RunTimeLibrary> run_time_libraries(const ImageRock& rock) {
  std::vector<RunTimeLibrary> out;
  const auto add = [&out](const Row& row, std::string reason) {
    if (std::ranges::find(out, row.soname, &RunTimeLibrary::soname) != out.end()) return;
    out.push_back({std::string(row.soname), std::string(row.package), std::move(reason)});
  };
  const auto add_library = [&add](std::string_view name, const std::string& reason) {
    for (const Row& row : kRows)
      if (row.name == plain_name(name)) add(row, reason);
  };
  for (const auto& library : rock.libraries)
    add_library(library, fmt::format("external dependency '{}'", library));
  if (!rock.plan.variants.empty())
    for (const auto& step : rock.plan.variants.front().runs)
      for (const auto& word : step.argv)
        if (word.starts_with("-l")) add_library(word.substr(2), word);
  for (const auto& crate : rock.sys_crates)
    for (const Row& row : kRows)
      if (row.crate == crate) add(row, fmt::format("crate '{}'", crate));
  return out;
}

}  // namespace rockstage::emit
