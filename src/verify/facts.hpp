#pragma once
#include "elf/types.hpp"
#include "lua/abi.hpp"
#include "lua/script.hpp"
#include "tree/reader.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rockstage::verify {

/// What the first bytes of a file say it is.
enum class Content {
  empty,
  elf,
  lua_bytecode,
  script,
  text,
  ar_archive,
  rust_metadata,
  lfs_pointer,
  html,
  gzip,
  binary
};

/// A builder's path found in a file's bytes.
struct PathLeak {
  std::string path;  ///< the first one of its kind
  std::uint32_t count = 0;
};

/// Symbols that a library exports, by hash: 8 bytes each, however long their names are.
class SymbolSet {
 public:
  void add(std::string_view name);
  /// To be called once, behind the last add().
  void seal();
  [[nodiscard]] bool contains(std::string_view name) const;

  [[nodiscard]] std::size_t size() const { return hashes_.size(); }

 private:
  std::vector<std::uint64_t> hashes_;  ///< sorted
};

struct ElfRecord {
  elf::ElfFacts facts;  ///< `exports` keeps only Lua's and Rust's telling names; see `symbols`
  SymbolSet symbols;    ///< all exports
  lua::CodeFacts code;  ///< of files that may be Lua modules
  bool malformed = false;
  std::string problem;  ///< why it is no ELF object that can be read
};

/// What is kept of one file's contents.
struct FileFacts {
  Content content = Content::binary;
  std::unique_ptr<ElfRecord> elf;
  std::unique_ptr<lua::ScriptFacts> script;  ///< Lua files
  bool script_too_long = false;              ///< a Lua file that was not read for its length
  std::string interpreter;                   ///< of a `#!` line
  std::string text;         ///< the whole of small files that rules read (manifest, ld.so.conf …)
  std::string md5, sha256;  ///< hexadecimal; empty where nobody asks
  std::vector<PathLeak> leaks;
  /// What its bytes give away: "cargo", "rustup", "rust-lld", "rust-library", "dep-info",
  /// "cargo-target", "private-key".
  std::vector<std::string> marks;
};

/// Which contents are wanted beyond what every rule reads.
struct Wanted {
  std::set<std::string, std::less<>> sha256;  ///< of the files of these names (--expect)
  bool md5 = false;                           ///< of what LuaRocks' manifests list
  bool image =
      false;  ///< a root file system: only what lies in Lua's directories is judged as a module
};

/// Gathers facts while a subject streams by; `file` may run on several threads.
class Collector final : public tree::Visitor {
 public:
  explicit Collector(Wanted wanted) : wanted_(wanted) {}

  Result<void> file(const tree::PassingFile& file, tree::ByteSource& content) override;

  /// nullptr where nothing was worth keeping.
  [[nodiscard]] const FileFacts* facts(std::size_t listing, std::size_t entry) const;

 private:
  using ListingFacts = std::unordered_map<std::size_t, std::unique_ptr<FileFacts>>;

  void keep(const tree::PassingFile& file, FileFacts facts);

  Wanted wanted_;
  std::mutex mutex_;  ///< guards facts_
  std::map<std::size_t, ListingFacts> facts_;
};

/// True for what lies in a directory of Lua modules: below `lua/5.1`, `lualib`, at any depth.
bool in_lua_directory(std::string_view path);

/// True for files that `require` or a wrapper could open as a module of Lua, by their place:
/// `lib/lua/5.1/x.so`, `site/lualib/x.so`, any `.so` of a bare tree.
bool may_be_module(std::string_view path, bool image);

}  // namespace rockstage::verify
