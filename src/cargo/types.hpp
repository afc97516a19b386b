#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rockstage::cargo {

/// The cargo and rustc that a project gets in its own directory (rustup may choose by
/// rust-toolchain.toml).
struct Toolchain {
  std::string cargo;          ///< path of the program that is run
  std::string rustc;          ///< path of the rustc that cargo will run
  std::string cargo_version;  ///< "cargo 1.95.0 (f2d3ce0bd 2026-03-21)"
  std::string rustc_version;  ///< "rustc 1.95.0 (59807616e 2026-04-14)"
  std::string release;        ///< "1.95.0"
  std::string commit_hash;    ///< empty when the build does not say
  std::string host;           ///< triple
  std::string sysroot;
  std::string cargo_home;      ///< absolute
  std::string rustup_home;     ///< empty without rustup
  std::string toolchain_file;  ///< the rust-toolchain(.toml) that applies here; empty for none
};

struct Target {
  std::string name;
  std::vector<std::string> kinds, crate_types;
  std::vector<std::string> required_features;
  std::string src_path;
};

/// A dependency declaration in a Cargo.toml.
struct Declaration {
  std::string name;    ///< of the package
  std::string rename;  ///< the name used here; empty when it is the same
  std::string kind;    ///< "normal", "dev", "build"
  std::vector<std::string> features;
  bool default_features = true;
  bool optional = false;
  std::string path;    ///< of a path dependency
  std::string target;  ///< the triple or cfg() that it is for; empty for every target
};

struct Package {
  std::string id, name, version, manifest_path, source, edition, rust_version;
  std::string license, license_file, description, homepage, repository;
  std::map<std::string, std::vector<std::string>> features;
  std::vector<Target> targets;
  std::vector<Declaration> dependencies;

  [[nodiscard]] std::string directory() const;
  /// The library target; nullptr when there is none (proc-macros are none).
  [[nodiscard]] const Target* library() const;
};

/// `cargo metadata`, what is used of it.
struct Metadata {
  std::vector<Package> packages;  ///< sorted by id; with `--no-deps` only the workspace's
  std::vector<std::string> workspace_members;
  std::vector<std::string> workspace_default_members;
  std::string workspace_root;
  /// Resolved graph: id → ids of normal and build dependencies for the target asked for. Empty with
  /// `--no-deps`.
  std::map<std::string, std::vector<std::string>> resolve;
  /// Those of `resolve` that only the build script of `id` uses.
  std::map<std::string, std::vector<std::string>> resolve_build_only;

  [[nodiscard]] const Package* find(const std::string& id) const;
  [[nodiscard]] bool is_member(const std::string& id) const;
};

/// One `.cargo/config.toml` that applies, nearest first; `$CARGO_HOME/config.toml` last.
struct ConfigFile {
  std::string path;
};

/// Effective rustflags of the user's own configuration, and where they come from (docs:
/// Configuration, build.rustflags).
struct UserRustflags {
  std::vector<std::string> flags;
  std::vector<std::string> origins;  ///< "CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS",
                                     ///< "/p/.cargo/config.toml: target.x.rustflags" …
};

enum class LockState { fresh, missing, stale };

/// All that planning needs to know of a crate; made by `inspect`.
struct CrateFacts {
  Toolchain toolchain;
  Metadata metadata;
  LockState lock = LockState::fresh;
  std::string lock_file;     ///< where it is or would be
  std::string lock_message;  ///< what cargo said about a stale one
  std::vector<ConfigFile> config_files;
  std::map<std::string, UserRustflags> rustflags;  ///< by target triple
  std::map<std::string, bool> target_installed;    ///< by target triple: its std is there
  std::map<std::string, std::string>
      profile_panic;  ///< by profile name: "unwind" (default) or "abort"
  std::vector<std::string> outside_path_dependencies;  ///< directories of path dependencies outside
                                                       ///< the workspace, sorted
};

}  // namespace rockstage::cargo
