#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace rockstage::elf {

/// Facts that the dynamic loader would see in one object, read from the program headers only:
/// section headers are optional at run time (gABI ch. 5, "Dynamic Linking").
struct ElfFacts {
  int bits = 0;  ///< 32 or 64
  bool little_endian = true;
  std::uint16_t machine = 0;           ///< e_machine
  std::uint16_t type = 0;              ///< e_type
  std::string soname;                  ///< empty when there is none
  std::vector<std::string> needed;     ///< DT_NEEDED, in file order
  std::string runpath;                 ///< DT_RUNPATH, else DT_RPATH
  std::vector<std::string> exports;    ///< defined global and weak dynamic symbols, sorted
  std::vector<std::string> undefined;  ///< undefined dynamic symbols, strong and weak, sorted
  std::vector<std::string> damage;     ///< tables that could not be read: which, and why
};

/// The processor's name as in Rust triples: "x86_64", "aarch64"; "machine 243" where it has no name
/// here.
std::string machine_name(const ElfFacts& facts);

/// Exported `luaopen_*` names, sorted.
std::vector<std::string> luaopen_names(const ElfFacts& facts);

}  // namespace rockstage::elf
