#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace rockstage::emit {

/// A piece of an expansion: text that stands for itself, or a reference that is filled in.
struct Part {
  std::string text;
  bool is_reference = false;
};

/// Splits at `$NAME`, `${NAME}`, `${NAME:-word}` and `${NAME:+word}`, which a Dockerfile and a
/// shell read alike; the word is letters, digits and `._/:@+-`. Every other `$` is text.
std::vector<Part> split_references(std::string_view text);

/// [A-Za-z_][A-Za-z0-9_]*
bool is_variable_name(std::string_view text);

}  // namespace rockstage::emit
