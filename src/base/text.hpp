#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rockstage::text {

std::vector<std::string> split(std::string_view text, char separator);
std::string join(std::span<const std::string> parts, std::string_view separator);
std::string_view trim(std::string_view text);  ///< ASCII blanks at both ends
std::string to_lower(std::string_view text);   ///< ASCII only
std::string replace_all(std::string text, std::string_view from, std::string_view to);

/// The candidate nearest to `name` by Damerau-Levenshtein distance, if it is near enough to be what
/// was meant (at most a third of its length, at least one edit); empty otherwise.
std::string nearest(std::string_view name, std::span<const std::string> candidates);

/// " (did you mean 'x'?)", or an empty text when nothing is near.
std::string did_you_mean(std::string_view name, std::span<const std::string> candidates);

/// Text from a rockspec, an archive, cargo or a server, made safe for a terminal: control bytes,
/// escape sequences, bidirectional overrides and bytes that are no UTF-8 become \xNN or \u{NNNN}.
/// Newline and tab stay as they are.
std::string escape_for_terminal(std::string_view text);

bool is_valid_utf8(std::string_view text);

/// A word quoted for a POSIX shell, unchanged where that is safe.
std::string shell_quote(std::string_view word);

/// "1.2 s", "3 min 4 s".
std::string duration(double seconds);

}  // namespace rockstage::text
