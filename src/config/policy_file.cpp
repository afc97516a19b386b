#include "config/policy_file.hpp"

#include "base/rules.hpp"
#include "base/text.hpp"
#include "config/yaml_document.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace rockstage::config {
namespace {

tl::unexpected<Error> refuse(const std::string& path, int line, const Error& error) {
  return fail(Errc::invalid_input, fmt::format("{}:{}: {}", path, line, error.message), error.hint);
}

tl::unexpected<Error> refuse(const std::string& path, int line, std::string message) {
  return refuse(path, line, Error{Errc::invalid_input, std::move(message), {}, {}});
}

Result<void> check_keys(const std::string& path,
                        const YamlNode& node,
                        std::span<const std::string> known) {
  for (const auto& [key, value] : node.fields)
    if (std::ranges::find(known, key) == known.end())
      return refuse(
          path, value.line, fmt::format("unknown key '{}'{}", key, text::did_you_mean(key, known)));
  return {};
}

/// `RULE: LEVEL` pairs.
Result<std::vector<RuleLevel>> levels(const std::string& path, const YamlNode& node) {
  std::vector<RuleLevel> out;
  if (node.kind == YamlNode::Kind::null) return out;
  if (node.kind != YamlNode::Kind::map)
    return refuse(path, node.line, "'rules' must be a mapping of rules to levels");
  for (const auto& [rule, level] : node.fields) {
    if (const auto known = check_rule(rule); !known) return refuse(path, level.line, known.error());
    const auto parsed = parse_level(level.scalar);
    if (!parsed) return refuse(path, level.line, parsed.error());
    out.push_back({rule, *parsed, level.line});
  }
  return out;
}

Result<WaiverEntry> waiver(const std::string& path, const YamlNode& node) {
  static const std::vector<std::string> kKeys = {"rule", "path", "reason", "expires"};
  if (node.kind != YamlNode::Kind::map)
    return refuse(path, node.line, "a waiver must be a mapping with 'rule' and 'reason'");
  RS_TRY(check_keys(path, node, kKeys));
  WaiverEntry out;
  out.line = node.line;
  const std::pair<const char*, std::string*> places[] = {
      {"rule", &out.rule}, {"path", &out.path}, {"reason", &out.reason}, {"expires", &out.expires}};
  for (const auto& [key, place] : places) {
    const auto* value = node.find(key);
    if (value == nullptr) continue;
    if (value->kind != YamlNode::Kind::scalar)
      return refuse(path, value->line, fmt::format("'{}' of a waiver must be a text", key));
    *place = value->scalar;
  }
  if (out.rule.empty()) return refuse(path, node.line, "a waiver needs a 'rule'");
  if (const auto known = check_rule(out.rule); !known)
    return refuse(path, node.line, known.error());
  if (text::trim(out.reason).empty())
    return refuse(path,
                  node.line,
                  Error{Errc::invalid_input,
                        fmt::format("the waiver of {} needs a 'reason'", out.rule),
                        "say why the finding can be lived with, for whoever reads it next year",
                        {}});
  return out;
}

Result<std::vector<WaiverEntry>> waivers(const std::string& path, const YamlNode& node) {
  std::vector<WaiverEntry> out;
  if (node.kind == YamlNode::Kind::null) return out;
  if (node.kind != YamlNode::Kind::list)
    return refuse(path, node.line, "'waive' must be a list of waivers");
  for (const auto& item : node.items) {
    RS_TRY_ASSIGN(auto one, waiver(path, item));
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace

Result<PolicyFile> parse_policy(const std::string& path, const std::string& text) {
  static const std::vector<std::string> kKeys = {"rules", "waive"};
  RS_TRY_ASSIGN(const auto root, parse_yaml_document(text, path));
  PolicyFile policy;
  if (root.kind == YamlNode::Kind::null) return policy;
  if (root.kind != YamlNode::Kind::map)
    return refuse(path, root.line, "a policy must be a mapping with 'rules' and 'waive'");
  RS_TRY(check_keys(path, root, kKeys));
  if (const auto* rules = root.find("rules"); rules != nullptr) {
    RS_TRY_ASSIGN(policy.rules, levels(path, *rules));
  }
  if (const auto* waive = root.find("waive"); waive != nullptr) {
    RS_TRY_ASSIGN(policy.waivers, waivers(path, *waive));
  }
  return policy;
}

Result<std::vector<RuleLevel>> read_project_rules(const std::string& path) {
  if (sys::base_name(path) == "package.yaml") return std::vector<RuleLevel>{};
  RS_TRY_ASSIGN(const auto root, read_yaml_document(path));
  const auto* verify = root.find("verify");
  const auto* rules = verify == nullptr ? nullptr : verify->find("rules");
  if (rules == nullptr) return std::vector<RuleLevel>{};
  return levels(path, *rules);
}

Result<std::optional<Severity>> parse_level(std::string_view text) {
  if (text == "error") return Severity::error;
  if (text == "warning") return Severity::warning;
  if (text == "note") return Severity::note;
  // YAML 1.1 calls `off` a boolean; it is a level here all the same.
  if (text == "off") return std::optional<Severity>();
  const std::vector<std::string> known = {"error", "note", "off", "warning"};
  return fail(Errc::usage,
              fmt::format("unknown severity '{}'{}", text, text::did_you_mean(text, known)),
              "error, warning, note and off exist");
}

Result<void> check_rule(const std::string& rule) {
  if (find_rule(rule) != nullptr) return {};
  std::vector<std::string> names;
  for (const auto& known : all_rules())
    names.emplace_back(known.name);
  return fail(Errc::usage,
              fmt::format("unknown rule '{}'{}", rule, text::did_you_mean(rule, names)),
              "see `rockstage verify --list-rules`");
}

bool is_date(std::string_view text) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  const auto number = [text](std::size_t at, std::size_t size) {
    int value = 0;
    for (const char c : text.substr(at, size)) {
      if (c < '0' || c > '9') return -1;
      value = value * 10 + (c - '0');
    }
    return value;
  };
  const int year = number(0, 4);
  const int month = number(5, 2);
  const int day = number(8, 2);
  if (year < 0 || month < 1 || month > 12 || day < 1) return false;
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return day <= kDays[month - 1] + (leap && month == 2 ? 1 : 0);
}

}  // namespace rockstage::config
