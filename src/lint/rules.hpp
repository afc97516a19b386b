#pragma once
#include "base/finding.hpp"
#include "base/rules.hpp"
#include "lint/lint.hpp"

#include <string>

// The rules, one file a family.
namespace rockstage::lint {

/// A finding with the rule's own severity.
Finding finding(const char* rule, std::string path, std::string message, std::string fix);

/// rock-toolchain
void check_toolchain(const Request& request, Findings& out);
/// rock-lua-feature, rock-vendored-lua, rock-panic-abort, rock-lock-file
void check_crate(const Request& request, Findings& out);
/// rock-build-script
void check_build_scripts(const Request& request, Findings& out);
/// rock-install-key
void check_install_keys(const Request& request, Findings& out);
/// rock-swallowed-failure, rock-unlocked-cargo
void check_commands(const Request& request, Findings& out);
/// rock-licence
void check_licence(const Request& request, Findings& out);

}  // namespace rockstage::lint
