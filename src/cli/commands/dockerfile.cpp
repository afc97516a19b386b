#include "cli/commands/commands.hpp"

namespace rockstage::cli {

Result<Outcome> command_dockerfile(Invocation&, Io&, Diagnostics&) {
  return fail(Errc::unsupported, "`dockerfile` is not there yet");
}

}  // namespace rockstage::cli
