#pragma once
#include "build/differences.hpp"
#include "sys/process.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rockstage::build {

/// A build script as cargo ran it, or found fresh (the `build-script-executed` message).
struct ScriptRun {
  std::string package;                             ///< "stamp 0.1.0"
  std::map<std::string, std::string> environment;  ///< what it has cargo set for rustc
  std::string out_dir;                             ///< absolute
};

/// Adds the script that a line of cargo's messages is about to `runs`; other lines are skipped. A
/// script that is there already, by its OUT_DIR, is replaced.
void read_script_line(std::string_view line, std::vector<ScriptRun>& runs);

/// Hands commands on to another runner, and keeps what cargo's messages say of build scripts.
class ScriptRecorder final : public sys::ProcessRunner {
 public:
  explicit ScriptRecorder(sys::ProcessRunner& runner) : runner_(runner) {}

  Result<sys::ProcessResult> run(const sys::Command& command) override;

  /// Reads the messages that our `cargo` kept below `scratch` (build/cargo_shim.hpp).
  Result<void> read_kept(const std::string& scratch);

  [[nodiscard]] const std::vector<ScriptRun>& runs() const { return runs_; }

 private:
  sys::ProcessRunner& runner_;
  std::vector<ScriptRun> runs_;
};

/// What a build script made otherwise in a second build.
struct ScriptDifference {
  std::string package;                    ///< "stamp 0.1.0"
  std::string output;                     ///< "BUILT_AT", a variable, or "OUT_DIR/x.rs", a file
  std::string first_value, second_value;  ///< of a variable; empty for files
  Verdict verdict;
};

/// What the scripts of two builds made otherwise: variables for rustc and files in OUT_DIR, the
/// scripts known by their packages. Errc::io.
Result<std::vector<ScriptDifference>> compare_scripts(const std::vector<ScriptRun>& first,
                                                      const std::vector<ScriptRun>& second,
                                                      const Surroundings& around);

/// Names the script that `difference`, of two contents of a staged file, comes from: one of whose
/// variables each of them has the value, else one that differs for the same reason in a variable or
/// a file that rustc could take in. Unchanged where there is none.
void name_build_script(Difference& difference,
                       std::string_view first,
                       std::string_view second,
                       const std::vector<ScriptDifference>& scripts);

}  // namespace rockstage::build
