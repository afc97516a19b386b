#pragma once
#include "base/result.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace rockstage::cargo {

/// What a cargo call was about, for the words of its failure.
struct FailureSubject {
  std::string package;  ///< empty when no package was asked for
  std::string target;
};

/// The failure in our words, with the fix, when cargo's text is one of those that people meet;
/// nothing for an ordinary compile error, which cargo's own messages explain best.
std::optional<Error> explain_failure(const FailureSubject& subject, std::string_view output);

/// Whether cargo refused because Cargo.lock no longer fits the manifests (both wordings, before and
/// since 1.85).
bool says_stale_lock(std::string_view output);

}  // namespace rockstage::cargo
