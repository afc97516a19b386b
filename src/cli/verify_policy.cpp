#include "base/rules.hpp"
#include "base/text.hpp"
#include "cli/verify_options.hpp"
#include "config/policy_file.hpp"
#include "digest/digest.hpp"
#include "source/open.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

namespace rockstage::cli {
namespace {

constexpr std::uint64_t kLargestPolicy = std::uint64_t{1} << 20;

std::string to_string(const std::optional<Severity>& level) {
  if (!level) return "off";
  if (*level == Severity::error) return "error";
  return *level == Severity::warning ? "warning" : "note";
}

void set_level(verify::Policy& policy,
               const std::string& rule,
               const std::optional<Severity>& level,
               const std::string& origin) {
  policy.levels[rule] = level;
  policy.level_origin[rule] = origin;
}

/// A pull request that changes its project file must not switch off the gate that judges it.
Result<void> add_project_rules(const std::string& source, Io& io, verify::Policy& policy) {
  source::Request request;
  request.argument = source;
  RS_TRY_ASSIGN(const auto project, source::find_project(request, io));
  if (!project) return {};
  RS_TRY_ASSIGN(const auto levels, config::read_project_rules(project->path));
  for (const auto& one : levels) {
    const auto normal = find_rule(one.rule)->severity;
    if (!one.level || *one.level < normal)
      return fail(
          Errc::invalid_input,
          fmt::format("{}:{}: verify.rules may only raise: '{}' is {}, not {}",
                      project->path,
                      one.line,
                      one.rule,
                      to_string(normal),
                      to_string(one.level)),
          fmt::format(
              "lower it with --policy FILE or --rule {}={}", one.rule, to_string(one.level)));
    // A rule's own findings may be worse than its default; the default itself changes nothing.
    if (*one.level > normal) set_level(policy, one.rule, one.level, project->path);
  }
  return {};
}

/// Why a waiver waives nothing; empty when it does.
std::string problem_of(const config::WaiverEntry& waiver, const std::string& today) {
  if (waiver.expires.empty()) return {};
  if (!config::is_date(waiver.expires))
    return fmt::format("'{}' is no date, such as 2027-03-31", waiver.expires);
  if (waiver.expires < today) return fmt::format("it expired on {}", waiver.expires);
  return {};
}

Result<void> add_policy_file(const std::string& file,
                             const std::string& today,
                             verify::Policy& policy) {
  RS_TRY_ASSIGN(const auto text, sys::read_file(file, kLargestPolicy));
  RS_TRY_ASSIGN(const auto parsed, config::parse_policy(file, text));
  policy.file = file;
  policy.sha256 = digest::hex(digest::Algorithm::sha256, text);
  for (const auto& one : parsed.rules)
    set_level(policy, one.rule, one.level, file);
  for (const auto& one : parsed.waivers) {
    policy.waivers.push_back({one.rule, one.path, one.reason, one.expires});
    if (const auto problem = problem_of(one, today); !problem.empty())
      policy.problems.push_back(fmt::format(
          "{}:{}: the waiver of {} waives nothing: {}", file, one.line, one.rule, problem));
  }
  return {};
}

Result<void> add_rule_options(const std::vector<std::string>& given, verify::Policy& policy) {
  for (const auto& value : given) {
    const auto equals = value.find('=');
    if (equals == 0 || equals == std::string::npos)
      return fail(Errc::usage,
                  fmt::format("--rule takes ID=error|warning|note|off, not '{}'", value));
    const auto rule = value.substr(0, equals);
    RS_TRY(config::check_rule(rule));
    RS_TRY_ASSIGN(const auto level, config::parse_level(value.substr(equals + 1)));
    set_level(policy, rule, level, "--rule");
  }
  return {};
}

}  // namespace

Result<verify::Policy> project_policy(const Invocation& invocation,
                                      const std::string& source,
                                      Io& io) {
  verify::Policy policy;
  if (!invocation.isolated) RS_TRY(add_project_rules(source, io, policy));
  return policy;
}

Result<verify::Policy> verify_policy(const Invocation& invocation,
                                     Io& io,
                                     const std::string& today) {
  RS_TRY_ASSIGN(auto policy, project_policy(invocation, {}, io));
  if (const auto file = invocation.single("policy"); !file.empty())
    RS_TRY(add_policy_file(file, today, policy));
  RS_TRY(add_rule_options(invocation.list("rule"), policy));
  return policy;
}

}  // namespace rockstage::cli
