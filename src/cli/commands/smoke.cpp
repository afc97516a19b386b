#include "smoke/smoke.hpp"

#include "base/json.hpp"
#include "base/rules.hpp"
#include "base/text.hpp"
#include "cli/commands/commands.hpp"
#include "cli/report_formats.hpp"
#include "cli/smoke_options.hpp"
#include "report/findings.hpp"
#include "report/smoke.hpp"
#include "report/verify.hpp"
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
    case Place::nginx: {
      RS_TRY_ASSIGN(auto worker,
                    smoke::nginx_launcher({options.nginx, options.tree, options.uid}, io));
      return worker;
    }
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

/// What smoke found in the form of `verify`, for the forms that both have.
verify::Report as_verify(const smoke::Report& report) {
  verify::PlatformReport platform;
  platform.runtime = report.runtime;
  platform.files = report.modules.size();
  platform.findings = report.findings;
  for (const auto* rule :
       {rules::smoke_crash, rules::smoke_load, rules::smoke_script, rules::smoke_skipped})
    platform.rules.push_back({rule, verify::RuleState::checked, {}});
  verify::Report out;
  out.subject = report.subject;
  out.platforms.push_back(std::move(platform));
  return out;
}

std::string render(const std::string& form,
                   const smoke::Report& report,
                   std::optional<Severity> fail_on,
                   const nlohmann::json& data) {
  if (form == "json") return to_json_line(data) + "\n";
  if (form == "junit") return report::verify_junit(as_verify(report), fail_on);
  if (form == "sarif") return report::verify_sarif(as_verify(report), "smoke");
  if (form == "github") return report::findings_github(report.findings);
  return report::smoke_text(report);
}

/// 3 for findings; else 1 where no module was loaded, since that proves nothing.
int exit_code(const smoke::Report& report,
              std::optional<Severity> fail_on,
              Diagnostics& diagnostics) {
  const auto fails = [fail_on](const Finding& finding) {
    return fail_on && finding.severity >= *fail_on;
  };
  if (std::ranges::any_of(report.findings, fails)) return 3;
  const bool loaded = std::ranges::any_of(report.modules, [](const smoke::ModuleResult& result) {
    return result.status == smoke::Status::ok;
  });
  if (loaded) return 0;
  diagnostics.error(fmt::format("no module of '{}' was loaded", report.subject),
                    report.modules.empty() ? "it has none: was the rock built into this tree?"
                                           : "the findings say why");
  return 1;
}

}  // namespace

Result<Outcome> command_smoke(Invocation& invocation, Io& io, Diagnostics& diagnostics) {
  RS_TRY_ASSIGN(const auto formats, report_formats(invocation));
  RS_TRY_ASSIGN(const auto fail_on, fail_threshold(invocation));
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
  Outcome outcome{.exit = exit_code(report, fail_on, diagnostics),
                  .data = report::smoke_data(report)};
  RS_TRY(write_reports(
      formats,
      [&](const std::string& form) { return render(form, report, fail_on, outcome.data); },
      outcome.text));
  return outcome;
}

}  // namespace rockstage::cli
