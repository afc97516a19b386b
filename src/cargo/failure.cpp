#include "cargo/failure.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <vector>

namespace rockstage::cargo {
namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// The text between `before` and `after`; empty when it is not there.
std::string between(std::string_view text, std::string_view before, std::string_view after) {
  const auto start = text.find(before);
  if (start == std::string_view::npos) return {};
  const auto from = start + before.size();
  const auto end = text.find(after, from);
  if (end == std::string_view::npos || end - from > 200) return {};
  return std::string(text.substr(from, end - from));
}

std::string line_with(std::string_view text, std::string_view part) {
  for (const std::string& line : text::split(text, '\n')) {
    if (contains(line, part)) return std::string(text::trim(line));
  }
  return {};
}

Error error(Errc code, std::string message, std::string hint) {
  return {code, std::move(message), std::move(hint), {}};
}

Error no_library(const FailureSubject& subject, std::string_view) {
  return error(Errc::invalid_input,
               fmt::format("package '{}' has no library", subject.package),
               "add [lib] with crate-type = [\"cdylib\"] to its Cargo.toml");
}

Error lock_refused(const FailureSubject&, std::string_view output) {
  return error(Errc::invalid_input,
               contains(output, "cannot create the lock file")
                   ? "there is no Cargo.lock, and --locked asks for one"
                   : "Cargo.lock does not fit Cargo.toml any more",
               contains(output, "cannot create the lock file")
                   ? "cargo generate-lockfile, and commit it"
                   : "cargo update --workspace, and commit Cargo.lock");
}

Error missing_offline(const FailureSubject& subject, std::string_view output) {
  std::string what = between(output, "no matching package named `", "`");
  if (what.empty()) what = between(output, "failed to download `", "`");
  if (what.empty()) what = between(output, "can't checkout from '", "'");
  if (what.empty()) what = between(output, "failed to get `", "`");
  return error(Errc::not_found,
               what.empty() ? "a crate is not here, and downloads are switched off"
                            : fmt::format("'{}' is not here, and downloads are switched off", what),
               fmt::format("cargo fetch --locked{} while there is network, or cargo vendor",
                           subject.target.empty() ? "" : " --target " + subject.target));
}

Error no_network(const FailureSubject&, std::string_view output) {
  std::string where = between(output, "failed to download from `", "`");
  if (where.empty()) where = between(output, "unable to update ", "\n");
  if (where.empty()) where = between(output, "failed to download `", "`");
  return error(Errc::network,
               where.empty() ? "cargo could not download the crates"
                             : fmt::format("cargo could not download from '{}'", where),
               "check the network and the proxy (https_proxy), or use cargo vendor and --offline");
}

Error no_crate(const FailureSubject&, std::string_view output) {
  return error(Errc::invalid_input,
               fmt::format("there is no crate '{}' in the registry that cargo uses",
                           between(output, "no matching package named `", "`")),
               "check the name in Cargo.toml, and [source] in the cargo configuration");
}

Error disk_full(const FailureSubject&, std::string_view) {
  return error(
      Errc::io, "disk full while compiling", "free some space, or use another --target-dir");
}

Error unknown_target(const FailureSubject& subject, std::string_view) {
  return error(Errc::usage,
               fmt::format("rustc knows no target '{}'", subject.target),
               "`rustc --print target-list` lists them");
}

Error no_standard_library(const FailureSubject& subject, std::string_view) {
  return error(
      Errc::invalid_input,
      fmt::format("Rust's standard library for {} is not installed", subject.target),
      fmt::format("rustup target add {}, or the distribution's package of it", subject.target));
}

Error rust_too_old(const FailureSubject&, std::string_view output) {
  std::string who = line_with(output, " requires rustc ");
  return error(Errc::invalid_input,
               who.empty() ? "rustc is too old for the crates of this build"
                           : fmt::format("rustc is too old: {}", who),
               "install a newer Rust, or use an older release of the crate");
}

Error no_linker(const FailureSubject& subject, std::string_view output) {
  std::string name = between(output, "linker `", "`");
  std::string hint =
      fmt::format("install it, or set target.{}.linker in .cargo/config.toml", subject.target);
  if (name == "cc") hint = "install a C compiler (Debian: apt install gcc)";
  return error(Errc::not_found, fmt::format("the linker '{}' is not here", name), std::move(hint));
}

Error no_feature(const FailureSubject& subject, std::string_view output) {
  std::string name = between(output, "does not have the feature `", "`");
  if (name.empty()) name = between(output, "does not contain this feature: ", "\n");
  return error(Errc::invalid_input,
               fmt::format("package '{}' has no feature '{}'", subject.package, name),
               "[features] of its Cargo.toml lists them");
}

Error no_cdylib_target(const FailureSubject& subject, std::string_view) {
  return error(Errc::invalid_input,
               fmt::format("{} takes no shared libraries as rustc is set up", subject.target),
               "musl needs rustflags -C target-feature=-crt-static; on gnu remove +crt-static");
}

Error pkg_config_cross(const FailureSubject& subject, std::string_view) {
  return error(
      Errc::subprocess,
      fmt::format("a build script needs C libraries for {}, which pkg-config does not know",
                  subject.target),
      "set PKG_CONFIG_SYSROOT_DIR and PKG_CONFIG_PATH for that target");
}

Error build_script(const FailureSubject&, std::string_view output) {
  return error(Errc::subprocess,
               fmt::format("the build script of '{}' failed",
                           between(output, "failed to run custom build command for `", "`")),
               "its messages are above; `-sys` crates often miss a C library or compiler");
}

Error out_of_memory(const FailureSubject&, std::string_view) {
  return error(Errc::subprocess,
               "the compiler was killed (signal 9), most likely for lack of memory",
               "fewer jobs at once: --jobs 1");
}

Error no_package(const FailureSubject& subject, std::string_view) {
  return error(Errc::usage,
               fmt::format("there is no package '{}' in this workspace", subject.package),
               "`cargo metadata --no-deps` lists its members");
}

using Explain = Error (*)(const FailureSubject&, std::string_view);

/// The words of cargo in it, made safe for a terminal.
Error escaped(Error error) {
  error.message = text::escape_for_terminal(error.message);
  return error;
}

/// Where a cause can lie: source lines that a compile error quotes hold any words, so only some
/// rows may look there.
enum class Stage { preparing, any };

struct Row {
  Stage stage;
  Explain explain;
  std::vector<std::string_view> phrases;  ///< any of them
};

/// In order: the first row that matches is the cause, later ones are its consequences.
const std::vector<Row>& rows() {
  static const std::vector<Row> table = {
      {Stage::any, disk_full, {"No space left on device", "(os error 28)"}},
      {Stage::preparing, lock_refused, {"because --locked was passed", "but --locked was passed"}},
      {Stage::preparing,
       missing_offline,
       {"--offline was specified", "in the offline mode", "you're using offline mode"}},
      {Stage::preparing,
       no_network,
       {"ould not resolve host",
        "ouldn't connect to server",
        "ould not connect to server",
        "network failure seems to have happened",
        "spurious network error",
        "download of config.json failed",
        "failed to download from `",
        "SSL connect error",
        "Timeout was reached"}},
      {Stage::preparing, no_crate, {"no matching package named `"}},
      {Stage::preparing, no_library, {"no library targets found in package"}},
      {Stage::preparing, no_package, {"did not match any packages"}},
      {Stage::preparing,
       no_feature,
       {"does not have the feature `",
        "does not contain this feature: ",
        "does not contain these features: "}},
      {Stage::preparing,
       rust_too_old,
       {"is not supported by the following package", "because it requires rustc"}},
      {Stage::preparing, unknown_target, {"could not find specification for target"}},
      {Stage::any,
       no_standard_library,
       {"can't find crate for `std`",
        "can't find crate for `core`",
        "target may not be installed"}},
      {Stage::preparing, no_cdylib_target, {"cannot produce cdylib for"}},
      {Stage::preparing,
       pkg_config_cross,
       {"pkg-config has not been configured to support cross-compilation"}},
      {Stage::any, out_of_memory, {"signal: 9, SIGKILL"}},
      {Stage::preparing, build_script, {"failed to run custom build command for `"}},
  };
  return table;
}

}  // namespace

std::optional<Error> explain_failure(const FailureSubject& subject, std::string_view output) {
  const bool compiling = contains(output, "could not compile `");
  for (const Row& row : rows()) {
    if (compiling && row.stage == Stage::preparing) continue;
    for (const std::string_view phrase : row.phrases) {
      if (contains(output, phrase)) return escaped(row.explain(subject, output));
    }
  }
  const auto linker = output.find("error: linker `");
  if (linker != std::string_view::npos && contains(output.substr(linker), "` not found"))
    return escaped(no_linker(subject, output.substr(linker)));
  return std::nullopt;
}

bool says_stale_lock(std::string_view output) {
  return contains(output, "because --locked was passed")
         || contains(output, "but --locked was passed");
}

}  // namespace rockstage::cargo
