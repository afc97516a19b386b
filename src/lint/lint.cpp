#include "lint/lint.hpp"

#include "lint/rules.hpp"

#include <algorithm>
#include <tuple>

namespace rockstage::lint {

Findings run(const Request& request) {
  Findings findings;
  check_toolchain(request, findings);
  check_crate(request, findings);
  check_build_scripts(request, findings);
  check_install_keys(request, findings);
  check_commands(request, findings);
  check_licence(request, findings);
  std::ranges::stable_sort(findings, [](const Finding& a, const Finding& b) {
    return std::tuple(-static_cast<int>(a.severity), a.rule, a.path)
           < std::tuple(-static_cast<int>(b.severity), b.rule, b.path);
  });
  return findings;
}

}  // namespace rockstage::lint
