#pragma once
#include "base/result.hpp"
#include "sys/environment.hpp"

#include <map>
#include <string>
#include <vector>

namespace rockstage::cargo {

/// A value that cargo takes as a text (split at blanks) or as an array of texts.
struct StringList {
  enum class Form { absent, text, array };
  Form form = Form::absent;
  std::vector<std::string> items;
};

/// `[profile.NAME]`, what is used of it.
struct ProfileValues {
  std::string panic, inherits;  ///< empty when it does not say
};

/// One file of cargo's configuration, what is used of it.
struct ConfigValues {
  std::string path;
  StringList build_rustflags;
  std::map<std::string, StringList> target_rustflags;  ///< by the key: a triple or a cfg()
  std::map<std::string, ProfileValues> profiles;
};

/// The configuration that applies in `directory`, nearest first: `.cargo/config` or
/// `.cargo/config.toml` of it and of its ancestors, then `cargo_home`'s; the files that one
/// includes follow it (cargo book, "Configuration"). Errc::invalid_input for a file that is no
/// TOML.
Result<std::vector<ConfigValues>> load_config(const std::string& directory,
                                              const std::string& cargo_home);

/// The same of `directory` and those of its ancestors that lie in `top`, itself included, alone:
/// what a project brings along. Errors as load_config().
Result<std::vector<ConfigValues>> load_config_below(const std::string& directory,
                                                    const std::string& top);

/// The `[profile]` tables of a Cargo.toml.
Result<std::map<std::string, ProfileValues>> load_manifest_profiles(
    const std::string& manifest_path);

/// The directories of path packages in the `[patch]` tables of a Cargo.toml, absolute.
Result<std::vector<std::string>> load_patch_paths(const std::string& manifest_path);

/// What profile `name` says of `panic`, or one that it inherits from; "unwind" when none does. Not
/// checked: cargo refuses all but "unwind" and "abort". The environment
/// (CARGO_PROFILE_<NAME>_PANIC) is stronger than the configuration, which is stronger than the
/// workspace's manifest.
std::string profile_panic(std::string name,
                          const std::map<std::string, ProfileValues>& manifest,
                          const std::vector<ConfigValues>& config,
                          const sys::Environment& environment);

/// A text of flags, split at the space character; cargo trims what is between.
std::vector<std::string> flag_words(std::string_view text);

/// "a-b" → "A_B", as names go into CARGO_… variables.
std::string variable_part(std::string_view name);

}  // namespace rockstage::cargo
