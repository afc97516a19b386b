#pragma once
#include "cli/types.hpp"

// The commands. Each parses its invocation, calls the stages in order, and renders; see
// docs/commands for what they promise.
namespace rockstage::cli {

Result<Outcome> command_build(Invocation& invocation, Io& io, Diagnostics& diagnostics);
Result<Outcome> command_install(Invocation& invocation, Io& io, Diagnostics& diagnostics);
Result<Outcome> command_lint(Invocation& invocation, Io& io, Diagnostics& diagnostics);
Result<Outcome> command_verify(Invocation& invocation, Io& io, Diagnostics& diagnostics);
Result<Outcome> command_smoke(Invocation& invocation, Io& io, Diagnostics& diagnostics);
Result<Outcome> command_dockerfile(Invocation& invocation, Io& io, Diagnostics& diagnostics);
Result<Outcome> command_export(Invocation& invocation, Io& io, Diagnostics& diagnostics);
Result<Outcome> command_inspect(Invocation& invocation, Io& io, Diagnostics& diagnostics);
Result<Outcome> command_list(Invocation& invocation, Io& io, Diagnostics& diagnostics);
Result<Outcome> command_show(Invocation& invocation, Io& io, Diagnostics& diagnostics);
Result<Outcome> command_remove(Invocation& invocation, Io& io, Diagnostics& diagnostics);
Result<Outcome> command_purge(Invocation& invocation, Io& io, Diagnostics& diagnostics);
Result<Outcome> command_path(Invocation& invocation, Io& io, Diagnostics& diagnostics);
Result<Outcome> command_run(Invocation& invocation, Io& io, Diagnostics& diagnostics);
Result<Outcome> command_init(Invocation& invocation, Io& io, Diagnostics& diagnostics);
Result<Outcome> command_doctor(Invocation& invocation, Io& io, Diagnostics& diagnostics);
Result<Outcome> command_config(Invocation& invocation, Io& io, Diagnostics& diagnostics);
Result<Outcome> command_completion(Invocation& invocation, Io& io, Diagnostics& diagnostics);
Result<Outcome> command_help(Invocation& invocation, Io& io, Diagnostics& diagnostics);

}  // namespace rockstage::cli
