#include "base/text.hpp"
#include "report/findings.hpp"
#include "report/verify.hpp"

#include <fmt/format.h>

#include <map>

namespace rockstage::report {
namespace {

using verify::PlatformReport;
using verify::RuleState;
using verify::RuleStatus;

/// Text of an element or attribute. XML 1.0 has no way to write a control byte, U+FFFE or U+FFFF
/// (section 2.2), so these become visible first.
std::string xml(std::string_view text) {
  auto out = text::replace_all(text::escape_for_terminal(text), "&", "&amp;");
  out = text::replace_all(std::move(out), "\xef\xbf\xbe", "\\u{FFFE}");
  out = text::replace_all(std::move(out), "\xef\xbf\xbf", "\\u{FFFF}");
  out = text::replace_all(std::move(out), "<", "&lt;");
  out = text::replace_all(std::move(out), ">", "&gt;");
  out = text::replace_all(std::move(out), "\"", "&quot;");
  return text::replace_all(std::move(out), "\n", "&#10;");
}

/// What one rule of a suite comes to.
struct Case {
  RuleStatus status;
  Findings failures, others;
};

/// A case for every rule that was looked at or that found something.
std::map<std::string, Case> cases(const PlatformReport& platform, std::optional<Severity> failing) {
  std::map<std::string, Case> out;
  for (const auto& rule : platform.rules)
    out[rule.rule].status = rule;
  for (const auto& finding : platform.findings) {
    const bool fails = failing && finding.severity >= *failing && !finding.waived;
    auto& one = out[finding.rule];
    (fails ? one.failures : one.others).push_back(finding);
  }
  return out;
}

std::string texts(const Findings& findings) {
  std::string out;
  for (const auto& finding : findings)
    out += finding_text(finding);
  return out;
}

bool is_skipped(const Case& one) {
  return one.failures.empty() && one.status.state != RuleState::checked;
}

std::string case_body(const Case& one) {
  std::string out;
  if (!one.failures.empty()) {
    const auto& first = one.failures.front();
    const auto message =
        one.failures.size() == 1
            ? first.message
            : fmt::format("{} (and {} more)", first.message, one.failures.size() - 1);
    out += fmt::format("      <failure message=\"{}\" type=\"{}\">{}</failure>\n",
                       xml(message),
                       to_string(first.severity),
                       xml(texts(one.failures)));
  }
  if (is_skipped(one)) {
    const char* state = one.status.state == RuleState::off ? "off" : "not judged";
    out += fmt::format("      <skipped message=\"{}\"/>\n",
                       xml(fmt::format("{}: {}", state, one.status.reason)));
  }
  if (!one.others.empty())
    out += fmt::format("      <system-out>{}</system-out>\n", xml(texts(one.others)));
  return out;
}

std::string suite(const PlatformReport& platform,
                  const std::map<std::string, Case>& all,
                  const std::string& name) {
  std::size_t failures = 0;
  std::size_t skipped = 0;
  std::string body;
  for (const auto& [rule, one] : all) {
    failures += one.failures.empty() ? 0U : 1U;
    skipped += is_skipped(one) ? 1U : 0U;
    const auto inner = case_body(one);
    body +=
        fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"0\"", xml(name), xml(rule));
    body += inner.empty() ? "/>\n" : ">\n" + inner + "    </testcase>\n";
  }
  auto out = fmt::format(
      "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\" "
      "time=\"0\">\n",
      xml(name),
      all.size(),
      failures,
      skipped);
  out += fmt::format(
      "    <properties>\n      <property name=\"files\" value=\"{}\"/>\n    "
      "</properties>\n",
      platform.files);
  return out + body + "  </testsuite>\n";
}

/// A subject that could not be read to its end is an error of its own, whatever was found.
std::string incomplete_suite(const verify::Report& report) {
  return fmt::format(
      "  <testsuite name=\"subject\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\" "
      "time=\"0\">\n    <testcase classname=\"subject\" name=\"{}\" time=\"0\">\n      <error "
      "message=\"{}\" type=\"incomplete\"/>\n    </testcase>\n  </testsuite>\n",
      xml(report.subject),
      xml(report.incomplete->message));
}

}  // namespace

std::string verify_junit(const verify::Report& report, std::optional<Severity> failing) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (const auto& platform : report.platforms) {
    const auto name =
        platform.platform.empty() ? platform.runtime : platform.platform + " " + platform.runtime;
    out += suite(platform, cases(platform, failing), name);
  }
  if (report.incomplete) out += incomplete_suite(report);
  return out + "</testsuites>\n";
}

}  // namespace rockstage::report
