#pragma once
#include "sys/environment.hpp"
#include "sys/process.hpp"
#include "sys/progress.hpp"
#include "sys/terminal.hpp"

#include <iosfwd>

namespace rockstage::sys {

/// The whole outside world of one run of the program, handed down from `main`; a test hands down
/// its own.
struct Io {
  ProcessRunner& processes;
  Environment environment;
  Terminal& terminal;
  Progress& progress;
  std::ostream& out;  ///< only `cli` writes to it; what is said to a person goes through `progress`
};

}  // namespace rockstage::sys

namespace rockstage {
using sys::Io;
}
