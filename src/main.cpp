#include "cli/fd_stream.hpp"
#include "cli/run.hpp"
#include "sys/interrupt.hpp"

#include <unistd.h>

int main(int argc, char** argv) {
  using namespace rockstage;
  sys::install_signal_handlers();
  sys::SystemProcessRunner processes;
  sys::SystemTerminal terminal(STDERR_FILENO, STDOUT_FILENO);
  sys::Progress progress(
      terminal, terminal.interactive() ? sys::ProgressMode::bar : sys::ProgressMode::lines);
  cli::FdStream out(STDOUT_FILENO);
  Io io{processes, sys::Environment::current(), terminal, progress, out};
  return cli::run({argv + 1, argv + argc}, io);
}
