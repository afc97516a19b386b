#pragma once
#include "verify/types.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace rockstage::verify {

/// `*` stands for any characters, `/` too, and `?` for one. Linear in the texts for one star.
bool matches(std::string_view pattern, std::string_view text);

/// The severity that the policy gives a rule, else what --strict makes of it, else `severity`;
/// nullopt when the rule is off.
std::optional<Severity> level_of(const Request& request,
                                 const std::string& rule,
                                 Severity severity);

/// Carries out a policy on the findings of one platform, and remembers which waivers were of use.
class PolicyUse {
 public:
  explicit PolicyUse(const Request& request);

  /// Sets severities, drops what is switched off, marks what is waived.
  void apply(Findings& findings);

  /// `waiver-unused` for every waiver that matched nothing, has expired, or has no date that can be
  /// read.
  [[nodiscard]] Findings unused() const;

 private:
  const Request& request_;
  std::vector<std::string> refused_;  ///< why a waiver does not count; empty where it does
  std::vector<bool> used_;
};

}  // namespace rockstage::verify
