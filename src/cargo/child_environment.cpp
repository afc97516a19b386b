#include "base/text.hpp"
#include "cargo/compile.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace rockstage::cargo {
namespace {

using Names = std::initializer_list<std::string_view>;

bool is_one_of(std::string_view name, Names names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool starts_with_one_of(std::string_view name, Names prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(), [&](std::string_view prefix) {
    return name.starts_with(prefix);
  });
}

/// What changes where cargo writes, what its flags are, or how its output looks: decided by the
/// step alone. And what only an outer cargo says to its children.
bool is_decided_here(std::string_view name) {
  if (name.starts_with("CARGO_TARGET_"))
    return name == "CARGO_TARGET_DIR" || name.ends_with("_RUSTFLAGS");
  return is_one_of(name,
                   {"CARGO_BUILD_TARGET",
                    "CARGO_BUILD_TARGET_DIR",
                    "CARGO_BUILD_BUILD_DIR",
                    "CARGO_BUILD_ARTIFACT_DIR",
                    "CARGO_BUILD_OUT_DIR",
                    "CARGO_BUILD_DEP_INFO_BASEDIR",
                    "CARGO_BUILD_INCREMENTAL",
                    "CARGO_BUILD_RUSTFLAGS",
                    "CARGO_ENCODED_RUSTFLAGS",
                    "CARGO_MAKEFLAGS"})
         || starts_with_one_of(
             name,
             {"CARGO_TERM_", "CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_FEATURE_", "CARGO_CFG_"});
}

/// `CC`, `CC_x86_64_unknown_linux_gnu`, `TARGET_CC`, `HOST_CFLAGS` …, as the crates cc and
/// pkg-config read them.
bool is_for_c_compilers(std::string_view name) {
  if (name.starts_with("TARGET_")) name.remove_prefix(7);
  if (name.starts_with("HOST_")) name.remove_prefix(5);
  if (name.starts_with("PKG_CONFIG")) return true;
  constexpr std::array<std::string_view, 12> kTools = {"CC",
                                                       "CXX",
                                                       "AR",
                                                       "NM",
                                                       "RANLIB",
                                                       "STRIP",
                                                       "CFLAGS",
                                                       "CXXFLAGS",
                                                       "CPPFLAGS",
                                                       "LDFLAGS",
                                                       "ARFLAGS",
                                                       "CROSS_COMPILE"};
  return std::any_of(kTools.begin(), kTools.end(), [&](std::string_view tool) {
    return name == tool || (name.starts_with(tool) && name[tool.size()] == '_');
  });
}

bool is_passed(const std::string& name) {
  if (is_decided_here(name)) return false;
  if (is_one_of(name, {"PATH", "HOME", "TMPDIR", "SSH_AUTH_SOCK", "SOURCE_DATE_EPOCH", "CARGO"}))
    return true;
  if (is_one_of(text::to_lower(name),
                {"http_proxy", "https_proxy", "all_proxy", "ftp_proxy", "no_proxy"}))
    return true;
  if (is_one_of(name, {"SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO"}))
    return true;
  return starts_with_one_of(name, {"CARGO_", "RUSTUP_", "RUSTC"}) || is_for_c_compilers(name);
}

}  // namespace

sys::Environment child_environment(const sys::Environment& base,
                                   const std::map<std::string, std::string>& set) {
  sys::Environment child;
  for (const auto& [name, value] : base.values()) {
    if (is_passed(name)) child.set(name, value);
  }
  child.set("CARGO_INCREMENTAL", "0");
  child.set("CARGO_TERM_COLOR", "never");
  child.set("CARGO_TERM_PROGRESS_WHEN", "never");
  child.set("RUSTUP_AUTO_INSTALL", "0");
  child.set("TZ", "UTC");
  child.set("LC_ALL", "C.UTF-8");
  for (const auto& [name, value] : set)
    child.set(name, value);
  return child;
}

}  // namespace rockstage::cargo
