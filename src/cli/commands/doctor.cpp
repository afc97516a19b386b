#include "lint/doctor.hpp"

#include "cli/build_options.hpp"
#include "cli/command_table.hpp"
#include "cli/commands/commands.hpp"
#include "cli/resolve.hpp"
#include "report/doctor.hpp"
#include "source/open.hpp"

namespace rockstage::cli {
namespace {

/// Where a build in this directory would keep its cache; empty where there is no place.
Result<std::string> cache_directory_of_build(const Invocation& invocation, Io& io) {
  Invocation build = invocation;
  build.command = find_command("build");
  source::Request here;
  here.isolated = invocation.isolated;
  // A project file with a mistake in it is not what is asked about.
  const auto project = source::find_project(here, io).value_or(std::nullopt);
  RS_TRY(resolve(build, io, project ? &*project : nullptr));
  return cache_directory(build, io).value_or("");
}

}  // namespace

Result<Outcome> command_doctor(Invocation& invocation, Io& io, Diagnostics& diagnostics) {
  lint::DoctorRequest request;
  RS_TRY_ASSIGN(request.cache_dir, cache_directory_of_build(invocation, io));
  RS_TRY_ASSIGN(const auto tools, lint::examine_machine(request, io));

  std::vector<report::ExaminedTool> examined;
  for (const auto& tool : tools)
    examined.push_back({tool.name, tool.path, tool.version, tool.ok, tool.needed_for, tool.hint});
  Outcome outcome{.data = report::doctor_data(examined), .text = report::doctor_text(examined)};
  if (!lint::can_build(tools)) {
    outcome.exit = 1;
    diagnostics.error("no rock with Rust in it can be built here", "do what is said on stdout");
  }
  return outcome;
}

}  // namespace rockstage::cli
