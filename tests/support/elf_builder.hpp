#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace rockstage::test {

/// An ELF object in words: what `build_elf` writes. Binaries are described in tests, not checked
/// in.
struct ElfSpec {
  enum class Hash { none, sysv, gnu };

  /// A version that is needed of a library, and the undefined symbols that want it.
  struct Version {
    std::string library, name;
    bool weak_flag = false;  ///< VER_FLG_WEAK
    std::vector<std::string> users;
  };

  /// A program header behind PT_LOAD and PT_DYNAMIC, with bytes of its own.
  struct Segment {
    std::uint32_t type = 0, flags = 4;  ///< PF_R
    std::string content;
    std::uint64_t memory_size = 0;  ///< where it is more than the content
    std::uint64_t alignment = 4;
  };

  struct Section {
    std::string name, content;
    std::uint32_t type = 1;  ///< SHT_PROGBITS
  };

  int bits = 64;  ///< 32 or 64
  bool little_endian = true;
  std::uint16_t machine = 62;  ///< e_machine; x86-64
  std::uint16_t type = 3;      ///< e_type; ET_DYN
  std::uint32_t flags = 0;     ///< e_flags
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
  /// Entries of the dynamic section that are added as they are: {DT_FLAGS, DF_STATIC_TLS}.
  std::vector<std::pair<std::uint64_t, std::uint64_t>> entries;
  std::vector<Version> version_needs;  ///< those of one library stand together
  std::vector<std::string> version_definitions;
  /// Symbols in the order in which the relocations of DT_RELA and of DT_JMPREL name them.
  std::vector<std::string> relocated, plt_relocated;
  std::vector<Segment> segments;  ///< code is a PT_LOAD with PF_R and PF_X
  std::vector<Section> sections;  ///< with section headers at the end; none for an empty list
  std::string tail;               ///< bytes behind the last table, in the same segment
};

/// Where the one PT_LOAD segment, which holds the whole file, is mapped.
inline constexpr std::uint64_t kElfBase = 0x10000;

/// The object's bytes: header, program headers (PT_LOAD, PT_DYNAMIC, then those of the spec),
/// symbols, strings, hash, versions, relocations, dynamic section, tail; behind them, outside of
/// the first PT_LOAD, the contents of segments and sections.
std::string build_elf(const ElfSpec& spec);

/// A little-endian note of the owner "GNU" for a 64-bit object; `content` is padded to 8 bytes.
std::string gnu_note(std::uint32_t type, std::string content);

/// NT_GNU_PROPERTY_TYPE_0 with GNU_PROPERTY_X86_ISA_1_NEEDED: bit 1 v2, bit 2 v3, bit 3 v4.
std::string isa_note(std::uint32_t bits);

}  // namespace rockstage::test
