#include "smoke/smoke.hpp"

#include "base/rules.hpp"
#include "base/text.hpp"
#include "smoke/program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace rockstage::smoke {
namespace {

Result<Attempt> attempt(const std::string& code,
                        const std::string& token,
                        double timeout,
                        const Launcher& where) {
  RS_TRY_ASSIGN(auto made, where.launch(code, timeout));
  const auto said = read_report(made.out, token);
  if (made.timed_out) made.seconds = timeout;
  made.reported = said.has_value() && !made.timed_out;
  if (made.reported) {
    made.rss = said->rss;
    made.error = said->ok ? std::string() : said->error;
    if (!said->ok && made.error.empty()) made.error = "an error without a message";
    made.seconds = said->seconds;
  }
  return made;
}

bool is_ok(const Attempt& made) {
  return made.reported && made.error.empty() && made.status.ok() && !made.timed_out;
}

Status status_of(const Finding& finding) {
  if (finding.rule == rules::smoke_crash) return Status::crashed;
  return finding.rule == rules::smoke_skipped ? Status::skipped : Status::failed;
}

/// A library that no module of the tree loads.
Finding no_wrapper(const Module& module, const Launcher& where) {
  Finding finding;
  finding.rule = rules::smoke_skipped;
  finding.severity = find_rule(finding.rule)->severity;
  finding.path = module.file;
  finding.message =
      fmt::format("{} is an FFI library, and no Lua module of the tree names it", module.file);
  finding.fix = "stage the Lua module that loads it with ffi.load, or leave the library out";
  finding.evidence["module"] = module.name;
  finding.evidence["runtime"] = where.runtime;
  return finding;
}

/// What the modules that load an FFI library came to: ok where one of them loads.
ModuleResult library_result(const Module& module, const std::map<std::string, Status>& loaded) {
  ModuleResult result{module, Status::skipped, 0, 0};
  for (const auto& wrapper : module.wrappers) {
    const auto found = loaded.find(wrapper);
    if (found == loaded.end()) continue;
    if (found->second == Status::ok) result.status = Status::ok;
    if (result.status == Status::skipped) result.status = found->second;
  }
  return result;
}

class Runner {
 public:
  Runner(const Request& request, const Launcher& where, Io& io)
      : request_(request), where_(where), io_(io), token_(new_token()) {
    report_.subject = request.subject;
    report_.runtime = where.runtime;
  }

  Result<Report> run() {
    io_.progress.step("loading modules in " + where_.runtime);
    for (const auto& module : request_.modules)
      if (module.kind != Module::Kind::ffi_library) RS_TRY(load(module));
    for (const auto& module : request_.modules)
      if (module.kind == Module::Kind::ffi_library) add_library(module);
    if (!request_.script.empty()) RS_TRY(run_script(request_.script_name, request_.script));
    if (!request_.eval.empty()) RS_TRY(run_script("--eval", request_.eval));
    std::ranges::sort(report_.modules, {}, [](const ModuleResult& result) {
      return std::tie(result.module.name, result.module.file);
    });
    std::ranges::stable_sort(report_.findings, [](const Finding& a, const Finding& b) {
      if (a.severity != b.severity) return a.severity > b.severity;
      return std::tie(a.path, a.rule, a.message) < std::tie(b.path, b.rule, b.message);
    });
    return std::move(report_);
  }

 private:
  [[nodiscard]] ProgramFrame frame() const {
    return {where_.tree, where_.lua, where_.paths, token_};
  }

  Result<void> load(const Module& module) {
    io_.progress.update(report_.modules.size(), request_.modules.size(), module.name);
    RS_TRY_ASSIGN(const auto made,
                  attempt(module_program(module, frame()), token_, request_.timeout, where_));
    ModuleResult result{module, Status::ok, made.seconds, made.rss};
    if (!is_ok(made)) {
      report_.findings.push_back(explain(module, made, where_));
      result.status = status_of(report_.findings.back());
    }
    loaded_[module.name] = result.status;
    report_.modules.push_back(std::move(result));
    return {};
  }

  void add_library(const Module& module) {
    report_.modules.push_back(library_result(module, loaded_));
    if (module.wrappers.empty()) report_.findings.push_back(no_wrapper(module, where_));
  }

  Result<void> run_script(const std::string& name, const std::string& script) {
    io_.progress.step("running " + name);
    RS_TRY_ASSIGN(const auto made,
                  attempt(script_program(name, script, frame()), token_, request_.timeout, where_));
    if (is_ok(made)) return {};
    const Module as_module{name, name, Module::Kind::lua, {}};
    auto finding = explain(as_module, made, where_);
    if (finding.rule == rules::smoke_load) finding.rule = rules::smoke_script;
    finding.path = name.starts_with("--") ? std::string() : name;
    report_.findings.push_back(std::move(finding));
    return {};
  }

  const Request& request_;
  const Launcher& where_;
  Io& io_;
  std::string token_;
  Report report_;
  std::map<std::string, Status> loaded_;
};

}  // namespace

Result<Report> run(const Request& request, const Launcher& where, Io& io) {
  return Runner(request, where, io).run();
}

}  // namespace rockstage::smoke
