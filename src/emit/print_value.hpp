#pragma once
#include "base/result.hpp"
#include "emit/instruction.hpp"

#include <string>
#include <string_view>

// How a value is written into a Dockerfile, so that BuildKit's parser (frontend/dockerfile/parser)
// and the word lexer behind it (frontend/dockerfile/shell) read the same value again.
namespace rockstage::emit {

/// Errc::invalid_input that names the instruction, the value and what is wrong with it.
tl::unexpected<Error> bad_value(std::string_view where,
                                std::string_view value,
                                std::string_view problem,
                                std::string hint = {});

/// Whether a Dockerfile can carry the value on one line: UTF-8 without control characters other
/// than a tab. `where` names the instruction and what the value is: "ENV PATH".
Result<void> check_line(std::string_view where, std::string_view value);

/// A value of ARG, ENV, LABEL or WORKDIR: as it is where that is safe, else in double quotes.
Result<std::string> quoted_value(std::string_view where, const Text& value);

/// A source of COPY, whose wildcards are escaped, or its destination: a word for the plain form.
/// Whether it can stand there is `is_plain_path`'s business.
enum class PathRole { source, destination };
Result<std::string> path_word(PathRole role, std::string_view path);

/// Whether a word of COPY needs no JSON form.
bool is_plain_path(std::string_view word);

/// `["a", "b"]`. The values are UTF-8.
std::string json_list(const std::vector<std::string>& values);

/// A stage's name: BuildKit's `^[a-z][a-z0-9-_.]*$`, and none that it keeps for itself.
Result<void> check_stage_name(std::string_view where, std::string_view name);

/// Letters, digits and what else an image reference, a platform or a mount's value has; references
/// where the text is an expansion.
Result<void> check_reference(std::string_view where, const Text& value);

}  // namespace rockstage::emit
