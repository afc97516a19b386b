#include "cli/commands/commands.hpp"

namespace rockstage::cli {

Result<Outcome> command_doctor(Invocation&, Io&, Diagnostics&) {
  return fail(Errc::unsupported, "`doctor` is not there yet");
}

}  // namespace rockstage::cli
