#include "cli/commands/commands.hpp"

namespace rockstage::cli {

Result<Outcome> command_smoke(Invocation&, Io&, Diagnostics&) {
  return fail(Errc::unsupported, "`smoke` is not there yet");
}

}  // namespace rockstage::cli
