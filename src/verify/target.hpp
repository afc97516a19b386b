#pragma once
#include "base/result.hpp"
#include "lua/abi.hpp"
#include "runtime/types.hpp"
#include "verify/detect.hpp"
#include "verify/facts.hpp"
#include "verify/target_root.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rockstage::verify {

/// Where a fact about the target comes from (`evidence.basis`).
enum class Basis { image, against, profile, assumed };
const char* to_string(Basis basis);

/// A library as the loader would find it.
struct FoundLibrary {
  std::string path = {};  ///< in the root or tree; empty where only a profile vouches for it
  const ElfRecord* record = nullptr;  ///< nullptr where only a profile vouches for it
  bool wrong_machine = false;         ///< only candidates of another machine are there
  bool not_in_cache = false;          ///< in an ld.so.conf directory, but ld.so.cache lacks it
  Basis basis = Basis::profile;
  std::string directory = {};  ///< where it lies when it runs: "/usr/lib"
  std::string cpu_level = {};  ///< "x86-64-v3" where only such processors find it (glibc-hwcaps)
  bool open = false;  ///< nowhere else, but a run path has a `$` that only the loader can fill in

  /// The loader takes it.
  [[nodiscard]] bool usable() const { return !wrong_machine && !not_in_cache && !open; }
};

/// An object that asks for a library.
struct Requester {
  const elf::ElfFacts* facts = nullptr;
  std::string directory = {};         ///< where it lies when it runs, links followed: `$ORIGIN`
  const Requester* loader = nullptr;  ///< what brought it; nullptr for what a program itself opens
};

/// Where the tree will run: the loader's view of a root, or a profile's table.
class Target {
 public:
  /// `root` is empty for a bare tree without --against.
  Target(runtime::Profile profile, std::string platform, std::optional<Root> root, Basis basis);

  [[nodiscard]] const runtime::Profile& profile() const { return profile_; }

  [[nodiscard]] lua::Lua lua() const { return profile_.lua; }

  [[nodiscard]] const std::string& platform() const { return platform_; }

  [[nodiscard]] std::string machine() const;  ///< "x86_64"

  [[nodiscard]] bool has_root() const { return root_.has_value(); }

  [[nodiscard]] Basis libc_basis() const { return libc_basis_; }

  [[nodiscard]] Basis lua_basis() const { return lua_basis_; }

  /// "glibc" or "musl"; empty when it is open.
  [[nodiscard]] const std::string& libc_family() const { return libc_.family; }

  [[nodiscard]] const std::string& libc_version() const { return libc_.version; }

  /// Finds `soname` as the loader would for that object; nullopt when it is nowhere.
  [[nodiscard]] std::optional<FoundLibrary> find_library(std::string_view soname,
                                                         const Requester& requester) const;

  /// Where a directory of the subject ("lib/lua/5.1") is when it runs: "/usr/local/lib/lua/5.1" for
  /// a tree, "/lib/lua/5.1" for a root.
  [[nodiscard]] std::string directory_there(std::string_view directory) const;

  /// Whether the root has something at an absolute path. False without a root.
  [[nodiscard]] bool has_file(std::string_view path) const;

  /// What the interpreter, or the library that holds the VM, exports; nullptr when no such file was
  /// read.
  [[nodiscard]] const lua::KnownExports* lua_exports() const;

  /// For a bare tree: what lies in the tree itself, which will stand at `prefix` ("/usr/local"), is
  /// found too. `prefix` is absolute, without a slash at its end.
  void set_tree(Root tree, std::string prefix);

  /// Whether the interpreter or nginx, with all they need, has a library of that SONAME loaded
  /// already, or exports that symbol. False without a root.
  [[nodiscard]] bool host_loads(std::string_view soname) const;
  [[nodiscard]] bool host_exports(std::string_view symbol) const;

  /// Search templates of the interpreter and of workers, `{triplet}` filled in.
  [[nodiscard]] std::vector<std::string> lua_paths() const;
  [[nodiscard]] std::vector<std::string> native_paths() const;

 private:
  struct Search;  ///< one call of find_library

  void read_libc(const RootFiles& files, Basis basis);
  void read_loader(const RootFiles& files);
  void read_host(const RootFiles& files);
  std::vector<RootFiles::Object> read_host_object(const RootFiles::Object& object);
  [[nodiscard]] std::optional<FoundLibrary> object_at(std::string_view path) const;
  [[nodiscard]] std::optional<FoundLibrary> object_in_tree(const std::string& place) const;
  [[nodiscard]] std::optional<FoundLibrary> find_loaded(const Search& search) const;
  [[nodiscard]] std::optional<FoundLibrary> find_vouched(const Search& search) const;
  [[nodiscard]] std::optional<FoundLibrary> find_musl(Search& search) const;
  [[nodiscard]] std::optional<FoundLibrary> find_glibc(Search& search) const;
  [[nodiscard]] std::optional<FoundLibrary> find_cached(Search& search) const;
  [[nodiscard]] std::vector<std::string> templates(bool native) const;
  [[nodiscard]] std::string environment(std::string_view name) const;

  runtime::Profile profile_;
  std::string platform_;
  std::optional<Root> root_, tree_;
  std::string tree_prefix_;
  runtime::Libc libc_;
  Basis basis_, libc_basis_, lua_basis_;
  std::vector<std::string> default_directories_;     ///< the loader's own, in order
  std::vector<std::string> configured_directories_;  ///< of ld.so.conf: what ldconfig would read
  std::vector<std::pair<std::string, std::string>> cache_;  ///< soname → path, of ld.so.cache
  std::string library_directory_;                           ///< what `$LIB` is; empty: not known
  std::map<std::string, FoundLibrary, std::less<>> host_libraries_;  ///< by soname
  std::vector<const ElfRecord*> host_;
  std::vector<Requester> programs_;  ///< the interpreter, nginx
  std::optional<lua::KnownExports> lua_exports_;
};

}  // namespace rockstage::verify
