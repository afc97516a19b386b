#pragma once
#include "elf/elf_file.hpp"
#include "elf/types.hpp"
#include "lua/types.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rockstage::lua {

/// Luas that share the pseudo-indices baked into machine code (lua.h, luaconf.h of each).
enum class Family { lua51, lua52_54, lua55, luau };
inline constexpr std::size_t kFamilies = 4;

/// What the machine code of a module says.
struct CodeFacts {
  bool scanned = false;                           ///< false: there is no scanner for this machine
  std::array<std::uint32_t, kFamilies> strong{};  ///< in the second argument's register
  std::array<std::uint32_t, kFamilies> supporting{};  ///< in another register
  std::vector<int> checked_versions;  ///< constants of luaL_checkversion_: 502 … 505, each once
  bool lua51_vm = false, lua52_vm = false, luajit_vm = false;  ///< identity strings of a VM in it
};

/// Scans the code of a module on x86-64 and aarch64 as it streams by: pseudo-indices and the
/// constants of luaL_checkversion_. One object a file.
class CodeScanner final : public elf::CodeSink {
 public:
  void begin(std::uint16_t machine, bool little_endian) override;
  void code(std::span<const std::byte> piece, bool contiguous) override;
  /// Bytes of any segment: the strings by which a VM says what it is, and constants in read-only
  /// data. `piece` as it comes.
  void data(std::span<const std::byte> piece);
  [[nodiscard]] CodeFacts finish() const;

 private:
  CodeFacts facts_;
  std::uint16_t machine_ = 0;
  std::vector<std::byte> carry_;  ///< the end of the piece before
  std::vector<std::byte> data_carry_;
};

/// Undefined names of the Lua C API: `lua_*`, `luaL_*`, `luaJIT_*`, `luaopen_*`, Luau's mangled
/// ones; in loader order.
std::vector<std::string> lua_undefined(const elf::ElfFacts& facts);

enum class ModuleKind { native, ffi_library };
ModuleKind module_kind(const elf::ElfFacts& facts);

/// Which Luas export the symbol, by measurement of real libraries (see exports_table.cpp).
bool exports_symbol(Lua lua, std::string_view symbol);

/// Names that a runtime really exports, where it is at hand; it wins over the table.
struct KnownExports {
  std::set<std::string, std::less<>> names;
};

/// Whether a module fits one Lua.
struct Verdict {
  enum class Kind {
    fits,
    missing_symbols,  ///< the loader refuses: `missing`
    wrong_indices,    ///< loads, then crashes: pseudo-indices of another family
    wrong_version,    ///< luaL_checkversion_ refuses: `built_for`
    undecidable,      ///< `reason`
  };
  Kind kind = Kind::fits;
  std::vector<std::string> missing;  ///< in loader order
  std::string built_for;  ///< "Lua 5.4 or later", "Lua 5.1 or LuaJIT", "OpenResty's LuaJIT", "Luau"
  std::string rebuild;    ///< what --lua should say: "luajit", "5.4" …
  std::string reason;
};

/// Judges `facts` and `code` against `lua` (docs: elf and Lua ABI rules). `exports` overrides the
/// table where the real interpreter was read; `staged` are names that NEEDED libraries define.
Verdict judge(const elf::ElfFacts& facts,
              const CodeFacts& code,
              Lua lua,
              const KnownExports* exports = nullptr,
              const std::set<std::string, std::less<>>& staged = {});

/// Every Lua of kAllLuas that judge() calls fitting.
std::vector<Lua> fitting(const elf::ElfFacts& facts, const CodeFacts& code);

/// The Lua whose VM is linked into the object, or a NEEDED liblua/libluajit.
std::optional<std::string> embedded_vm(const elf::ElfFacts& facts, const CodeFacts& code);
/// `liblua5.1.so.0`, `libluajit-5.1.so.2`, `liblua.so`; not a module such as
/// `liblua5.1-cjson.so.0`.
bool is_vm_library(std::string_view soname);
std::optional<std::string> linked_vm(const elf::ElfFacts& facts);

/// A library with Rust's std built with `panic = "abort"`: it imports nothing of the unwinder.
bool panics_abort(const elf::ElfFacts& facts, bool from_rust);

}  // namespace rockstage::lua
