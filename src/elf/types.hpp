#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rockstage::elf {

/// An undefined dynamic symbol.
struct Undefined {
  std::string name;
  bool weak = false;
  std::string version;  ///< "GLIBC_2.34"; empty when unversioned
};

/// One version that an object needs of one library (a Vernaux; gABI "Symbol Versioning", LSB).
struct VersionNeed {
  std::string library;                    ///< vn_file: "libc.so.6"
  std::string version;                    ///< "GLIBC_2.34"
  bool weak_flag = false;                 ///< VER_FLG_WEAK
  std::vector<std::string> strong_users;  ///< undefined symbols that want it, sorted
  std::vector<std::string> weak_users;
};

/// A crate listed in `.dep-v0` (the cargo-auditable format).
struct Crate {
  std::string name, version, source;
};

/// Facts that the dynamic loader would see in one object. All that decides loading comes from
/// program headers and PT_DYNAMIC: section headers are optional at run time (gABI ch. 5, "Dynamic
/// Linking") and only add evidence.
struct ElfFacts {
  // ELF header
  int bits = 0;  ///< 32 or 64
  bool little_endian = true;
  std::uint8_t os_abi = 0;
  std::uint8_t abi_version = 0;
  std::uint16_t type = 0;     ///< e_type
  std::uint16_t machine = 0;  ///< e_machine
  std::uint32_t flags = 0;    ///< e_flags

  // program headers
  bool has_load = false, has_dynamic = false;
  std::string interpreter;           ///< PT_INTERP; empty when there is none
  bool executable_stack = false;     ///< PT_GNU_STACK with PF_X, or none on x86 and arm
  bool writable_code = false;        ///< a PT_LOAD with PF_W and PF_X
  std::uint64_t tls_size = 0;        ///< p_memsz of PT_TLS
  std::uint64_t load_alignment = 0;  ///< smallest p_align of the PT_LOADs
  bool misaligned_load = false;      ///< address and offset of a PT_LOAD differ modulo the page
  std::uint64_t file_end = 0;        ///< where the last PT_LOAD byte should be
  std::string build_id;              ///< hexadecimal
  int x86_isa_level = 0;             ///< 2, 3, 4 from the property note; 0 for baseline or none

  // dynamic section
  std::string soname;
  std::vector<std::string> needed;     ///< DT_NEEDED, in file order
  std::optional<std::string> rpath;    ///< DT_RPATH
  std::optional<std::string> runpath;  ///< DT_RUNPATH
  bool text_relocations = false, static_tls = false, bind_now = false;
  bool no_open = false;             ///< DF_1_NOOPEN
  bool no_default_lib = false;      ///< DF_1_NODEFLIB
  bool pie = false;                 ///< DF_1_PIE
  bool packed_relocations = false;  ///< DT_RELR

  // symbols
  std::vector<std::string> exports;        ///< defined global and weak dynamic symbols, sorted
  std::vector<Undefined> undefined;        ///< in the order in which glibc would look them up
  std::vector<VersionNeed> version_needs;  ///< in file order
  std::vector<std::string> version_definitions;  ///< names in DT_VERDEF but the base one, sorted

  // evidence from sections and bytes
  std::vector<std::string> comments;  ///< `.comment`: "rustc version 1.95.0 (…)", …
  std::vector<Crate> crates;          ///< `.dep-v0`, sorted
  bool has_dep_v0 = false;
  std::uint64_t symtab_bytes = 0;      ///< `.symtab` and its strings
  std::uint64_t debug_bytes = 0;       ///< `.debug_*`
  std::optional<int> arm_arch;         ///< Tag_CPU_arch of `.ARM.attributes`
  std::optional<bool> arm_hard_float;  ///< from e_flags, else Tag_ABI_VFP_args

  std::vector<std::string> damage;   ///< tables that could not be read: which, and why
  std::vector<std::string> outside;  ///< tables outside the window that was kept: not judged
  std::uint64_t size = 0;            ///< of the file
};

/// The processor's name as in Rust triples: "x86_64", "aarch64"; "machine 243" where it has no name
/// here.
std::string machine_name(const ElfFacts& facts);

/// Exported `luaopen_*` names, sorted.
std::vector<std::string> luaopen_names(const ElfFacts& facts);

bool exports_symbol(const ElfFacts& facts, std::string_view name);

}  // namespace rockstage::elf
