#pragma once
#include "base/finding.hpp"
#include "base/result.hpp"
#include "emit/instruction.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace rockstage::emit {

/// The instructions as text, one paragraph of lines each, ended by a newline. Every value is quoted
/// for its instruction, so that a builder reads back what was put in. Errc::invalid_input names the
/// value that no Dockerfile can carry there (a NUL, a newline where none can be, a stage name or a
/// reference that is none), and the instruction.
Result<std::string> print(const std::vector<Instruction>& instructions, Style style);

/// One thing that hadolint or BuildKit's checks would say.
struct LintMessage {
  std::string rule;  ///< "DL3025", "StageNameCasing"
  int line = 0;
  std::string message;
};

/// The rules of hadolint 2.15 and of BuildKit's linter that a generated Dockerfile can break
/// (docs/decisions.md), for a file whose templates may be somebody's own.
std::vector<LintMessage> lint(std::string_view dockerfile);

}  // namespace rockstage::emit
