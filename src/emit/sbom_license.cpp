#include "emit/sbom_license.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <vector>

namespace rockstage::emit {
namespace {

// Identifiers of the SPDX licence list, sorted by bytes.
constexpr std::string_view kIds[] = {"0BSD",
                                     "AFL-2.1",
                                     "AFL-3.0",
                                     "AGPL-3.0",
                                     "AGPL-3.0-only",
                                     "AGPL-3.0-or-later",
                                     "Apache-1.1",
                                     "Apache-2.0",
                                     "Artistic-2.0",
                                     "BSD-1-Clause",
                                     "BSD-2-Clause",
                                     "BSD-2-Clause-Patent",
                                     "BSD-3-Clause",
                                     "BSD-3-Clause-Clear",
                                     "BSD-4-Clause",
                                     "BSL-1.0",
                                     "BlueOak-1.0.0",
                                     "CC-BY-3.0",
                                     "CC-BY-4.0",
                                     "CC-BY-SA-4.0",
                                     "CC0-1.0",
                                     "CDDL-1.0",
                                     "CDLA-Permissive-2.0",
                                     "CECILL-2.1",
                                     "EPL-1.0",
                                     "EPL-2.0",
                                     "EUPL-1.2",
                                     "GPL-2.0",
                                     "GPL-2.0-only",
                                     "GPL-2.0-or-later",
                                     "GPL-3.0",
                                     "GPL-3.0-only",
                                     "GPL-3.0-or-later",
                                     "ISC",
                                     "LGPL-2.0",
                                     "LGPL-2.0-only",
                                     "LGPL-2.0-or-later",
                                     "LGPL-2.1",
                                     "LGPL-2.1-only",
                                     "LGPL-2.1-or-later",
                                     "LGPL-3.0",
                                     "LGPL-3.0-only",
                                     "LGPL-3.0-or-later",
                                     "MIT",
                                     "MIT-0",
                                     "MPL-1.1",
                                     "MPL-2.0",
                                     "MS-PL",
                                     "NCSA",
                                     "OFL-1.1",
                                     "OpenSSL",
                                     "PSF-2.0",
                                     "PostgreSQL",
                                     "Python-2.0",
                                     "Ruby",
                                     "UPL-1.0",
                                     "Unicode-3.0",
                                     "Unicode-DFS-2016",
                                     "Unlicense",
                                     "Vim",
                                     "WTFPL",
                                     "X11",
                                     "Zlib",
                                     "bzip2-1.0.6",
                                     "curl"};

constexpr std::string_view kExceptions[] = {
    "Autoconf-exception-3.0",
    "Classpath-exception-2.0",
    "GCC-exception-3.1",
    "LLVM-exception",
    "Linux-syscall-note",
    "OpenSSL-exception",
};

bool is_id(std::string_view word) {
  if (word.ends_with('+')) word.remove_suffix(1);
  return std::ranges::find(kIds, word) != std::end(kIds);
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    if (c == ' ' || c == '(' || c == ')') {
      if (c != ' ') words.emplace_back(1, c);
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  std::erase(words, std::string());
  return words;
}

/// SPDX specification, annex "SPDX license expressions"; parentheses are counted, not nested, so
/// that no depth is too much.
bool is_expression(const std::vector<std::string>& words) {
  std::size_t open = 0;
  bool wants_term = true;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "(" && wants_term) {
      ++open;
    } else if (word == ")" && !wants_term && open > 0) {
      --open;
    } else if (word == "WITH" && !wants_term && i > 0 && is_id(words[i - 1])
               && i + 1 < words.size()) {
      if (std::ranges::find(kExceptions, words[++i]) == std::end(kExceptions)) return false;
    } else if ((word == "AND" || word == "OR") && !wants_term) {
      wants_term = true;
    } else if (is_id(word) && wants_term) {
      wants_term = false;
    } else {
      return false;
    }
  }
  return open == 0 && !wants_term;
}

}  // namespace

License classify_license(std::string_view text) {
  const std::string given(text::trim(text));
  if (std::ranges::find(kIds, given) != std::end(kIds)) return {LicenseForm::id, given};
  const std::string expression = text::replace_all(given, "/", " OR ");
  auto words = words_of(expression);
  if (!is_expression(words)) return {LicenseForm::name, given};
  return {LicenseForm::expression,
          text::replace_all(text::replace_all(text::join(words, " "), "( ", "("), " )", ")")};
}

}  // namespace rockstage::emit
