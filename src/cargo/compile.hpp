#pragma once
#include "base/diagnostics.hpp"
#include "cargo/types.hpp"
#include "sys/io.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace rockstage::cargo {

/// One `cargo rustc` call, every decision taken. Plain data: part of the plan.
struct CompileStep {
  std::string cargo;          ///< program
  std::string directory;      ///< cwd: the package's
  std::string manifest_path;  ///< absolute
  std::string package, package_id, package_version;
  std::string library;  ///< cargo's target name
  std::string profile = "release";
  std::string target;  ///< triple, always given
  std::vector<std::string> features;
  bool default_features = true, all_features = false;
  bool locked = true, offline = false;
  int jobs = 0;                        ///< 0: cargo's own choice
  std::string target_dir;              ///< absolute
  std::vector<std::string> rustflags;  ///< the whole, for CARGO_ENCODED_RUSTFLAGS
  std::vector<std::string> rustflags_origins;
  std::vector<std::pair<std::string, std::string>>
      profile_values;                              ///< strip, panic, incremental: TOML values
  std::map<std::string, std::string> environment;  ///< set on top of the passed ones
  std::size_t crates = 0;                          ///< for progress; 0 unknown
  bool lock_missing = false;  ///< there is no Cargo.lock: built in a mirror, so that none is
                              ///< written into the checkout
  std::string workspace_root;
  std::string link_object;  ///< an object file that is linked into the library; empty for none
  std::string link_symbol;  ///< the symbol by which the linker knows that the object is wanted
};

struct Artifact {
  std::string package_id, target_name, file;
  bool fresh = false;
};

/// A crate that cargo compiled (or found fresh) in this run.
struct CompiledCrate {
  std::string package_id;
  std::vector<std::string> features;
  bool build_only = false;  ///< a proc-macro or build script, or only for one: not linked
  std::string license;      ///< as in its Cargo.toml; empty where it says none
  std::string checksum;     ///< SHA-256 of its package, from Cargo.lock; empty where that has none
  std::vector<std::string> dependencies;  ///< ids of those that were compiled, sorted
};

struct CompileOutcome {
  std::vector<Artifact> cdylibs;              ///< of the package asked for
  std::vector<CompiledCrate> crates;          ///< sorted by id
  std::vector<std::string> linked_libraries;  ///< of build scripts: NEEDED at run time
  double seconds = 0;
};

/// The argument vector, without the program; what `--dry-run` prints.
std::vector<std::string> arguments(const CompileStep& step);

/// The child's environment: the passed variables of `base` (PATH, HOME, CARGO_*, RUSTUP_*, proxies,
/// CC …), without those that change where cargo writes, and the step's own.
sys::Environment child_environment(const sys::Environment& base,
                                   const std::map<std::string, std::string>& set);

/// Runs cargo and reads its messages; its diagnostics go to the person as cargo prints them,
/// escaped. Errc::subprocess when the build fails; Errc::invalid_input when it builds no cdylib
/// (`add crate-type = ["cdylib"]`).
Result<CompileOutcome> compile(const CompileStep& step, Io& io, Diagnostics& diagnostics);

/// Reader of `--message-format=json-render-diagnostics` lines; unknown reasons and keys are
/// skipped. Also used for messages that our `cargo` kept while a `make` or `command` rock was
/// built.
class MessageReader {
 public:
  /// `target_root`: where everything for the target lies (`--target-dir` with the triple); what
  /// lies elsewhere is for the build only. Empty where cargo was given no triple.
  explicit MessageReader(std::string target_root = {}) : target_root_(std::move(target_root)) {}

  /// False when the line is no message of cargo's (a build script's own output, passed on).
  bool line(std::string_view text);
  /// Names of crates done so far, and what came last.
  [[nodiscard]] std::size_t crates_done() const;

  [[nodiscard]] const std::string& last_crate() const { return last_crate_; }

  [[nodiscard]] bool succeeded() const { return success_; }

  [[nodiscard]] const std::vector<Artifact>& cdylibs() const { return cdylibs_; }

  [[nodiscard]] std::vector<CompiledCrate> crates() const;

  [[nodiscard]] const std::vector<std::string>& linked_libraries() const { return linked_; }

 private:
  [[nodiscard]] bool is_for_the_build(const std::vector<std::string>& kinds,
                                      const std::vector<std::string>& files) const;

  std::string target_root_;
  std::vector<Artifact> cdylibs_;  ///< of every package
  std::map<std::string, CompiledCrate> crates_;
  std::vector<std::string> linked_;
  std::string last_crate_;
  bool success_ = false;
};

/// `--remap-path-prefix` flags in the order in which rustc applies them (the last match wins),
/// fixed names on the right.
struct RemapPaths {
  std::string home, cargo_home, rustup_home, sysroot, commit_hash, workspace_root, target_dir;
  std::vector<std::string> outside_path_dependencies;
};

std::vector<std::string> remap_flags(const RemapPaths& paths);

}  // namespace rockstage::cargo
