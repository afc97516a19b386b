#include "base/rules.hpp"
#include "base/text.hpp"
#include "verify/rules/families.hpp"

namespace rockstage::verify {
namespace {

bool is_root(const std::string& user) {
  const auto name = user.substr(0, user.find(':'));
  return name.empty() || name == "root" || name == "0";
}

std::string said(const std::string& text) {
  return text.empty() ? "none" : "'" + text + "'";
}

Finding changed(const Context& context,
                const char* rule,
                const std::string& what,
                const std::string& before,
                const std::string& after) {
  auto finding = context.finding(rule, tree::kRoot, {});
  finding.message = "the image's " + what + " is " + said(after) + ", its base's " + said(before);
  finding.evidence = {{"kind", what}, {"base", before}, {"image", after}};
  finding.fix = "copy the tree in a final stage that has no " + what + " line of its own";
  return finding;
}

}  // namespace

void check_image_config(const Context& context, Sink& sink) {
  if (context.base == nullptr || !context.base->config || !context.platform.config) return;
  const auto& before = *context.base->config;
  const auto& after = *context.platform.config;
  if (before.user != after.user && !(is_root(before.user) && is_root(after.user))) {
    auto finding = changed(context, rules::image_user, "USER", before.user, after.user);
    finding.severity = is_root(after.user) ? Severity::warning : Severity::note;
    sink.add(std::move(finding));
  }
  const auto compare = [&](const char* what, const std::string& was, const std::string& is) {
    if (was != is) sink.add(changed(context, rules::image_config, what, was, is));
  };
  compare("ENTRYPOINT", text::join(before.entrypoint, " "), text::join(after.entrypoint, " "));
  compare("CMD", text::join(before.cmd, " "), text::join(after.cmd, " "));
  compare("STOPSIGNAL", before.stop_signal, after.stop_signal);
}

}  // namespace rockstage::verify
