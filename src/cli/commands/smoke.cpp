#include "smoke/smoke.hpp"

#include "base/rules.hpp"
#include "base/text.hpp"
#include "cli/commands/commands.hpp"
#include "cli/report_formats.hpp"
#include "cli/smoke_options.hpp"
#include "report/smoke.hpp"
#include "smoke/launch.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rockstage::cli {
namespace {

using Place = SmokeOptions::Place;

smoke::ImageRunRequest image_request(const SmokeOptions& options) {
  smoke::ImageRunRequest request;
  request.image = options.image;
  request.engine = options.engine;
  request.interpreter = options.interpreter;
  request.lua = options.lua;
  request.tree = options.tree;
  request.uid = options.uid;
  return request;
}

Result<smoke::Launcher> launcher(const SmokeOptions& options, Io& io) {
  switch (options.place) {
    case Place::image:
      return smoke::image_launcher(image_request(options), io);
    case Place::nginx:
      return smoke::nginx_launcher({options.nginx, options.tree, options.uid}, io);
    case Place::here:
      break;
  }
  const auto program =
      options.interpreter.empty() ? lua::to_string(options.lua) : options.interpreter;
  return smoke::local_launcher({program, options.lua, options.tree, options.uid}, io);
}

/// Of the modules that are there, those asked for.
Result<std::vector<smoke::Module>> chosen(const std::vector<std::string>& names,
                                          std::vector<smoke::Module> all) {
  if (names.empty()) return all;
  std::vector<std::string> known;
  for (const auto& module : all)
    known.push_back(module.name);
  for (const auto& name : names)
    if (std::ranges::find(known, name) == known.end())
      return fail(
          Errc::not_found,
          fmt::format("the tree has no module '{}'{}", name, text::did_you_mean(name, known)),
          "the modules are listed when --module is left out");
  std::erase_if(all, [&](const smoke::Module& module) {
    return std::ranges::find(names, module.name) == names.end();
  });
  return all;
}

/// The modules of the tree; of an image alone those named, or those of its label.
Result<std::vector<smoke::Module>> modules_of(const SmokeOptions& options,
                                              const smoke::Launcher& where,
                                              Io& io) {
  if (!options.tree.empty()) {
    RS_TRY_ASSIGN(auto all, smoke::find_modules(options.tree, where.lua));
    return chosen(options.modules, std::move(all));
  }
  if (options.modules.empty()) return smoke::modules_of_image(image_request(options), io);
  std::vector<smoke::Module> named;
  for (const auto& name : options.modules)
    named.push_back({name, {}, smoke::Module::Kind::lua, {}});
  return named;
}

verify::Report as_verify(const smoke::Report& report) {
  verify::PlatformReport loaded;
  loaded.runtime = report.runtime;
  loaded.files = report.modules.size();
  loaded.findings = report.findings;
  return report_of(
      report.subject,
      std::move(loaded),
      {rules::smoke_crash, rules::smoke_load, rules::smoke_script, rules::smoke_skipped});
}

bool loaded_any(const smoke::Report& report) {
  return std::ranges::any_of(report.modules, [](const smoke::ModuleResult& result) {
    return result.status == smoke::Status::ok;
  });
}

}  // namespace

Result<Outcome> command_smoke(Invocation& invocation, Io& io, Diagnostics& diagnostics) {
  RS_TRY_ASSIGN(const auto reporting, report_options(invocation));
  RS_TRY_ASSIGN(const auto options, smoke_options(invocation, io));
  RS_TRY_ASSIGN(const auto where, launcher(options, io));
  smoke::Request request;
  request.subject = options.subject;
  request.tree = options.tree;
  RS_TRY_ASSIGN(request.modules, modules_of(options, where, io));
  request.script = options.script;
  request.script_name = options.script_name;
  request.eval = options.eval;
  request.timeout = options.timeout;

  RS_TRY_ASSIGN(const auto report, smoke::run(request, where, io));
  RS_TRY_ASSIGN(
      auto outcome,
      write_reports(
          reporting,
          {"smoke", as_verify(report), report::smoke_data(report), report::smoke_text(report)}));
  // That nothing was found proves nothing where nothing was loaded.
  if (outcome.exit == 0 && !loaded_any(report)) {
    diagnostics.error(fmt::format("no module of '{}' was loaded", report.subject),
                      report.modules.empty() ? "it has none: was the rock built into this tree?"
                                             : "the findings say why");
    outcome.exit = 1;
  }
  return outcome;
}

}  // namespace rockstage::cli
