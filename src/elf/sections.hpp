#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace rockstage::elf {

/// A section that has bytes in the file.
struct SectionBytes {
  std::string name;         ///< ".rodata"; at most 64 bytes of it
  bool executable = false;  ///< SHF_EXECINSTR: machine code
  std::string_view bytes;   ///< cut off where the file ends
};

/// The sections of a whole object in the order of its headers (gABI ch. 4); empty when it is no ELF
/// file, or has no sound table of them. The names and bytes decide nothing about loading: they are
/// for people. `file` must outlive the result.
std::vector<SectionBytes> sections(std::string_view file);

}  // namespace rockstage::elf
