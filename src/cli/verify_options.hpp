#pragma once
#include "base/diagnostics.hpp"
#include "cli/types.hpp"
#include "verify/types.hpp"

#include <string>

namespace rockstage::cli {

/// What `verify` was asked for, but for --expect, which is read separately. Errc::usage names the
/// option whose value cannot be taken; Errc::invalid_input for a bad policy, project or runtime
/// file. Waivers that waive nothing are told as warnings.
Result<verify::Request> verify_request(const Invocation& invocation,
                                       Io& io,
                                       Diagnostics& diagnostics);

/// Severities and waivers: of the project file (which may only raise), the policy file and --rule,
/// the later before the earlier. `today` is YYYY-MM-DD.
Result<verify::Policy> verify_policy(const Invocation& invocation,
                                     Io& io,
                                     const std::string& today);

/// Of those, what the project file of SOURCE (empty: the current directory) sets; nothing with
/// --isolated. Errc::invalid_input where it would lower a rule.
Result<verify::Policy> project_policy(const Invocation& invocation,
                                      const std::string& source,
                                      Io& io);

/// "4096", "64M", "2G": K, M, G and T are powers of 1024. Errc::usage names the option.
Result<std::uint64_t> parse_size(const std::string& option, const std::string& text);

}  // namespace rockstage::cli
