#include "base/rules.hpp"
#include "base/text.hpp"
#include "verify/rules/families.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace rockstage::verify {
namespace {

using tree::Origin;

/// `name = "value"` with a value, on a line of its own.
bool assigns(std::string_view text, std::string_view name) {
  for (const auto& line : text::split(text, '\n')) {
    auto rest = text::trim(line);
    if (!rest.starts_with(name)) continue;
    rest = text::trim(rest.substr(name.size()));
    if (rest.starts_with('=') && text::trim(rest.substr(1)).size() > 2) return true;
  }
  return false;
}

/// `"auth": "…"` with a value, as Docker's config.json keeps it.
bool has_json_text(std::string_view json, std::string_view name) {
  const auto quoted = "\"" + std::string(name) + "\"";
  for (std::size_t at = 0; (at = json.find(quoted, at)) != std::string_view::npos;) {
    at += quoted.size();
    auto rest = text::trim(json.substr(at, 64));
    if (!rest.starts_with(':')) continue;
    rest = text::trim(rest.substr(1));
    if (rest.size() > 1 && rest[0] == '"' && rest[1] != '"') return true;
  }
  return false;
}

/// Keys that come with test suites and documentation are no secrets.
bool is_example(const std::string& path) {
  constexpr std::array<std::string_view, 7> kNames = {
      "test", "tests", "testing", "testdata", "certdata", "doc", "examples"};
  return std::ranges::any_of(text::split(path, '/'), [&](const std::string& part) {
    return std::ranges::find(kNames, part) != kNames.end();
  });
}

/// The secret that a file holds; empty when it holds none.
std::string secret_in(const Context& context, const std::string& path, const FileFacts& facts) {
  const auto slash = path.rfind('/');
  const auto name = std::string_view(path).substr(slash == std::string::npos ? 0 : slash + 1);
  const auto& content = facts.text;
  if (std::ranges::count(facts.marks, "private-key") != 0
      && !(context.is_image() && is_example(path)))
    return "a private key";
  if (content.empty()) return {};
  if ((name == "credentials.toml" || name == "credentials" || name == "config.toml"
       || name == "config")
      && (assigns(content, "token") || assigns(content, "secret-key")))
    return "a token of a registry of crates";
  if (name == "credentials" && assigns(content, "aws_secret_access_key")) return "a key of AWS";
  if (name == ".netrc" && content.find("password") != std::string::npos) return "a password";
  if (name == ".git-credentials" && content.find("://") != std::string::npos)
    return "a password of git";
  if (name == "config.json"
      && (has_json_text(content, "auth") || has_json_text(content, "identitytoken")))
    return "the login of a registry of images";
  return {};
}

/// NPM_TOKEN, DB_PASSWORD, AWS_SECRET_ACCESS_KEY; not TOKEN_FILE, GPG_KEYS.
bool is_secret_name(std::string_view name) {
  const auto upper_only = std::ranges::all_of(name, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
  if (name.empty() || !upper_only) return false;
  const auto lower = text::to_lower(name);
  constexpr std::array<std::string_view, 9> kEnds = {"token",
                                                     "secret",
                                                     "password",
                                                     "passwd",
                                                     "apikey",
                                                     "api_key",
                                                     "access_key",
                                                     "private_key",
                                                     "secret_key"};
  return std::ranges::any_of(kEnds, [&](std::string_view end) {
    return lower == end || lower.ends_with("_" + std::string(end));
  });
}

/// The name of a secret that `word`, `NAME=value`, sets; empty when it sets none.
std::string secret_assigned(std::string_view word) {
  const auto equals = word.find('=');
  if (equals == std::string_view::npos || !is_secret_name(word.substr(0, equals))) return {};
  auto value = word.substr(equals + 1);
  while (!value.empty() && (value.front() == '"' || value.front() == '\''))
    value.remove_prefix(1);
  while (!value.empty() && (value.back() == '"' || value.back() == '\''))
    value.remove_suffix(1);
  // A reference to a secret, or the file that has it, is none.
  if (value.empty() || value.front() == '$' || value.front() == '/') return {};
  return std::string(word.substr(0, equals));
}

void check_config(const Context& context, Sink& sink) {
  if (!context.platform.config) return;
  const auto add = [&](const std::string& name, const std::string& where) {
    auto finding = context.finding(rules::credential, tree::kRoot, {});
    finding.message = where + " has the value of " + name;
    finding.evidence = {{"symbol", name}, {"kind", where}};
    finding.fix = "revoke it, and hand secrets over with RUN --mount=type=secret or at run time";
    sink.add(std::move(finding));
  };
  for (const auto& assignment : context.platform.config->env)
    if (const auto name = secret_assigned(assignment); !name.empty())
      add(name, "the image's environment");
  for (const auto& step : context.platform.config->history) {
    std::vector<std::string> said;
    for (const auto& word : text::split(text::replace_all(step, "\t", " "), ' ')) {
      const auto name = secret_assigned(word);
      if (name.empty() || std::ranges::count(said, name) != 0) continue;
      said.push_back(name);
      add(name, "a step of the image's history");
    }
  }
}

void check_member(const Context& context,
                  Origin origin,
                  const tree::Entry& entry,
                  const tree::Hidden* hidden,
                  Sink& sink) {
  const auto* facts = context.facts(origin);
  if (facts == nullptr) return;
  const auto secret = secret_in(context, context.path(entry.path), *facts);
  if (secret.empty()) return;
  auto finding = context.finding(rules::credential, entry.path, origin);
  finding.message = "'" + finding.path + "' holds " + secret;
  if (hidden != nullptr)
    finding.message += "; layer " + std::to_string(hidden->by) + " deletes it, and it still ships";
  finding.evidence["kind"] = secret;
  finding.fix = "revoke it, and keep it out of the build's context and of every layer";
  sink.add(std::move(finding));
}

}  // namespace

void check_credentials(const Context& context, Sink& sink) {
  std::unordered_map<std::uint64_t, const tree::Hidden*> hidden;
  for (const auto& one : context.platform.view.hidden())
    hidden.emplace(std::uint64_t{one.origin.layer} << 32 | one.origin.entry, &one);
  for (std::uint32_t layer = 0; layer < context.platform.layers.size(); ++layer) {
    const auto& listing = context.subject.listings[context.platform.layers[layer].listing];
    for (std::uint32_t i = 0; i < listing.entries.size(); ++i) {
      const auto found = hidden.find(std::uint64_t{layer} << 32 | i);
      check_member(context,
                   Origin{layer, i},
                   listing.entries[i],
                   found == hidden.end() ? nullptr : found->second,
                   sink);
    }
  }
  check_config(context, sink);
}

}  // namespace rockstage::verify
