#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace rockstage::lint {

/// A command of a shell text, and whether its exit status decides about the text's own.
struct Statement {
  std::string text;
  bool status_counts = true;
};

/// The commands of a shell text, split at `;`, newlines, `&&` and `||` outside quotes; comments are
/// dropped. The status of what stands before a `;` or newline is lost unless the text begins with
/// `set -e` (which does not see what stands before `&&`); that of what stands before `|| true` or
/// `|| echo` always is, before `|| exit 1` never. In an `if` the last command of each branch
/// decides. A heuristic for warnings: here-documents and substitutions are not understood.
std::vector<Statement> statements(std::string_view text);

/// The first word that is a command: `cp` of `FOO=1 do cp a b`.
std::string command_word(const std::string& statement);

}  // namespace rockstage::lint
