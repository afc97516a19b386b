#include "cargo/failure.hpp"

#include <catch2/catch.hpp>

namespace rockstage::cargo {
namespace {

TEST_CASE("failure: what cargo and rustc say is told with its fix", "[cargo][failure]") {
  struct Row {
    const char* said;
    Errc code;
    const char* message;
  };

  const std::vector<Row> table = {
      {"error: no library targets found in package `n`\n",
       Errc::invalid_input,
       "package 'p' has no library"},
      {"error: package `p v1.0.0 (/p)` does not have the feature `luajit`\n",
       Errc::invalid_input,
       "package 'p' has no feature 'luajit'"},
      {"error: the package 'p' does not contain this feature: luajit\n",
       Errc::invalid_input,
       "package 'p' has no feature 'luajit'"},
      {"error: cannot create the lock file /p/Cargo.lock because --locked was passed to prevent "
       "this\n",
       Errc::invalid_input,
       "there is no Cargo.lock, and --locked asks for one"},
      {"error: cannot update the lock file /p/Cargo.lock because --locked was passed to prevent "
       "this\n",
       Errc::invalid_input,
       "Cargo.lock does not fit Cargo.toml any more"},
      {"error: the lock file /p/Cargo.lock needs to be updated but --locked was passed to prevent "
       "this\n",
       Errc::invalid_input,
       "Cargo.lock does not fit Cargo.toml any more"},
      {"error: no matching package named `serde` found\nlocation searched: crates.io index\nAs a "
       "reminder, you're using "
       "offline mode (--offline) which can\n",
       Errc::not_found,
       "'serde' is not here, and downloads are switched off"},
      {"Caused by:\n  can't checkout from 'https://x/y': you are in the offline mode (--offline)\n",
       Errc::not_found,
       "'https://x/y' is not here, and downloads are switched off"},
      {"Caused by:\n  failed to download from `https://index.example.org/config.json`\n\nCaused "
       "by:\n  [7] Could not connect "
       "to server\n",
       Errc::network,
       "cargo could not download from 'https://index.example.org/config.json'"},
      {"error: failed to get `x`\nCaused by:\n  [6] Could not resolve host: example.org\n",
       Errc::network,
       "cargo could not download the crates"},
      {"error: no matching package named `nonexistent` found\n",
       Errc::invalid_input,
       "there is no crate 'nonexistent' in the registry that cargo uses"},
      {"error[E0463]: can't find crate for `std`\n  = note: the `t` target may not be "
       "installed\nerror: could not compile `p`\n",
       Errc::invalid_input,
       "Rust's standard library for aarch64-unknown-linux-gnu is not installed"},
      {"error: error loading target specification: could not find specification for target \"x\"\n",
       Errc::usage,
       "rustc knows no target 'aarch64-unknown-linux-gnu'"},
      {"error: failed to write x: No space left on device (os error 28)\nerror: could not compile "
       "`p`\n",
       Errc::io,
       "disk full while compiling"},
      {"error: rustc 1.95.0 is not supported by the following package:\n  n@1.0.0 requires rustc "
       "1.99\n",
       Errc::invalid_input,
       "rustc is too old: n@1.0.0 requires rustc 1.99"},
      {"error: linker `cc` not found\n  |\nerror: could not compile `p` (lib) due to 1 previous "
       "error\n",
       Errc::not_found,
       "the linker 'cc' is not here"},
      {"error: cannot produce cdylib for `p` as the target `t` does not support these crate "
       "types\n",
       Errc::invalid_input,
       "aarch64-unknown-linux-gnu takes no shared libraries as rustc is set up"},
      {"error: failed to run custom build command for `z-sys v1.0.0`\n",
       Errc::subprocess,
       "the build script of 'z-sys v1.0.0' failed"},
      {"error: could not compile `p`\nCaused by: process didn't exit successfully (signal: 9, "
       "SIGKILL: kill)\n",
       Errc::subprocess,
       "the compiler was killed (signal 9), most likely for lack of memory"},
      {"error: package ID specification `p@1.0.0` did not match any packages\n",
       Errc::usage,
       "there is no package 'p' in this workspace"},
  };
  for (const Row& row : table) {
    INFO(row.said);
    const auto error = explain_failure({"p", "aarch64-unknown-linux-gnu"}, row.said);
    REQUIRE(error);
    CHECK(error->code == row.code);
    CHECK(error->message == row.message);
    CHECK_FALSE(error->hint.empty());
  }
}

TEST_CASE("failure: a missing cc names the package that brings it", "[cargo][failure]") {
  CHECK(explain_failure({"p", "t"}, "error: linker `cc` not found\n")->hint
        == "install a C compiler (Debian: apt install gcc)");
  CHECK(
      explain_failure({"p", "t"}, "error: linker `x-gcc` not found\n")->hint.find("target.t.linker")
      != std::string::npos);
}

TEST_CASE("failure: words in the source lines of a compile error are no cause",
          "[cargo][failure]") {
  CHECK_FALSE(explain_failure(
      {"p", "t"},
      "error[E0425]: cannot find value `x`\n 3 |  fail(\"Could not resolve host\", x)\n"
      "error: could not compile `p` (lib) due to 1 previous error\n"));
  CHECK_FALSE(explain_failure({"p", "t"}, ""));
}

}  // namespace
}  // namespace rockstage::cargo
