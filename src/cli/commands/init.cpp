#include "cli/commands/commands.hpp"

namespace rockstage::cli {

Result<Outcome> command_init(Invocation&, Io&, Diagnostics&) {
  return fail(Errc::unsupported, "`init` is not there yet");
}

}  // namespace rockstage::cli
