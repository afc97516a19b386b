#pragma once
#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

// What `inspect` says about objects (docs/commands/inspect.md).
namespace rockstage::report {

struct InspectedCrate {
  std::string name, version;
};

/// One ELF object. Empty texts are unknown or absent.
struct InspectedFile {
  std::string path;     ///< as it was named
  std::string kind;     ///< native-module, ffi-library, library, executable
  std::string machine;  ///< "x86_64"
  int bits = 64;
  std::string libc;                        ///< "glibc", "musl"
  std::string floor;                       ///< "GLIBC_2.34": an older glibc refuses the object
  std::string strong_floor;                ///< the highest with a user that is not weak
  std::vector<std::string> floor_symbols;  ///< what wants the floor, sorted
  std::vector<std::string> needed;         ///< in file order
  std::string runpath;
  std::vector<std::string> exports;  ///< luaopen_*, sorted
  std::vector<std::string> lua;      ///< those it fits
  std::string lua_reason;            ///< why it fits those and no others
  std::string rustc;                 ///< "1.95.0"
  std::vector<InspectedCrate> crates;
};

/// For people: a paragraph for each file.
std::string inspect_text(const std::vector<InspectedFile>& files);

/// The record `data` of `rockstage.inspect/1`.
nlohmann::json inspect_data(const std::vector<InspectedFile>& files);

}  // namespace rockstage::report
