#include "cli/run.hpp"
#include "sys/fd_stream.hpp"
#include "sys/interrupt.hpp"
#include "sys/memory.hpp"

#include <unistd.h>

#include <ostream>

int main(int argc, char** argv) {
  using namespace rockstage;
  sys::install_signal_handlers();
  sys::return_large_blocks();
  sys::SystemProcessRunner processes;
  sys::SystemTerminal terminal(STDERR_FILENO, STDOUT_FILENO);
  sys::Progress progress(
      terminal, terminal.interactive() ? sys::ProgressMode::bar : sys::ProgressMode::lines);
  sys::FdBuffer buffer(STDOUT_FILENO);
  std::ostream out(&buffer);
  Io io{processes, sys::Environment::current(), terminal, progress, out};
  return cli::run({argv + 1, argv + argc}, io);
}
