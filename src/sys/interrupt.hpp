#pragma once
#include "base/result.hpp"

// Signals are the process's, so this is the one place with state of the process.
namespace rockstage::sys {

/// From now on SIGINT and SIGTERM are noted instead of ending the process (a second one ends it at
/// once), and SIGPIPE is ignored. Called by `main` only.
void install_signal_handlers();

/// The signal that came, or 0.
int pending_signal();

/// A descriptor that becomes readable when a signal came, for poll(2); -1 before
/// install_signal_handlers().
int signal_fd();

/// Errc::interrupted when a signal came: long loops call it between steps.
Result<void> check_interrupted();

/// Sleeps for `seconds`, or until a signal comes: then Errc::interrupted.
Result<void> wait_interruptibly(double seconds);

/// Test seam: as if `signal` had come; 0 takes it back.
void simulate_signal(int signal);

}  // namespace rockstage::sys
