#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace rockstage::emit {

/// An instruction of a Dockerfile, its continuation lines joined.
struct Statement {
  int line = 0;                    ///< where it begins, from 1
  std::string name;                ///< as it is written: "FROM", "run"
  std::vector<std::string> flags;  ///< "--from=rock"
  std::vector<std::string> words;  ///< what follows, split at blanks; of JSON, its brackets too
  std::string text;                ///< what follows the flags; of a here-document its body
  std::string comment;             ///< the last comment line above, empty lines between or not
  bool empty_continuation = false;

  /// The value of `--name=…`; empty without it.
  [[nodiscard]] std::string_view flag(std::string_view flag_name) const;
};

/// The instructions of a Dockerfile, as far as their lines tell. Never fails: what is no
/// Dockerfile makes statements that the rules or a builder will not like.
std::vector<Statement> read_statements(std::string_view dockerfile);

}  // namespace rockstage::emit
