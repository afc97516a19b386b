#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace rockstage::test {

/// An ELF object in words: what `build_elf` writes. Binaries are described in tests, not checked
/// in.
struct ElfSpec {
  enum class Hash { none, sysv, gnu };

  int bits = 64;  ///< 32 or 64
  bool little_endian = true;
  std::uint16_t machine = 62;  ///< e_machine; x86-64
  std::uint16_t type = 3;      ///< e_type; ET_DYN
  std::vector<std::string> exports;
  std::vector<std::string> weak_exports;
  std::vector<std::string> locals;  ///< defined, STB_LOCAL
  std::vector<std::string> undefined;
  std::vector<std::string> weak_undefined;
  std::vector<std::string> needed;
  std::string soname, runpath, rpath;  ///< empty: no such entry
  Hash hash = Hash::sysv;              ///< which table tells the number of symbols
  /// Values of dynamic tags (DT_*) that are written instead of the right ones.
  std::map<std::uint64_t, std::uint64_t> tags;
  std::vector<std::uint64_t> without;  ///< dynamic tags that are left out
  std::string tail;                    ///< bytes behind the last table, in the same segment
};

/// Where the one PT_LOAD segment, which holds the whole file, is mapped.
inline constexpr std::uint64_t kElfBase = 0x10000;

/// The object's bytes: header, two program headers (PT_LOAD, PT_DYNAMIC), symbols, strings, hash,
/// dynamic section; no section headers.
std::string build_elf(const ElfSpec& spec);

}  // namespace rockstage::test
