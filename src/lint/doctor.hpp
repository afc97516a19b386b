#pragma once
#include "base/result.hpp"
#include "sys/io.hpp"

#include <string>
#include <vector>

// What is on this machine, and what is missing for which command (docs/commands/doctor.md).
namespace rockstage::lint {

/// A program, a directory or a file that commands use. Empty texts are unknown.
struct Tool {
  std::string name{};     ///< "cargo", "rust-std x86_64-unknown-linux-gnu", "cache directory"
  std::string path{};     ///< where it is; empty when it is not here
  std::string version{};  ///< as it says itself
  bool ok = false;
  std::string needed_for{};  ///< the commands that use it
  std::string hint{};        ///< what a person can do; empty where nothing has to be done
  bool for_every_build = false;
};

struct DoctorRequest {
  std::string cache_dir;        ///< empty: there is no place for one
  double timeout_seconds = 10;  ///< for each program that is asked
};

/// Asks every program for its version, in a fixed order. What is missing, broken or silent is a
/// value; only Errc::interrupted is an error.
Result<std::vector<Tool>> examine_machine(const DoctorRequest& request, Io& io);

/// Whether a rock with Rust in it can be built: everything that every build needs is there.
bool can_build(const std::vector<Tool>& tools);

}  // namespace rockstage::lint
