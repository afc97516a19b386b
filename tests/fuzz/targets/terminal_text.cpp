#include "base/text.hpp"
#include "fuzz.hpp"

#include <algorithm>

using rockstage::fuzz::promise;

// Nothing that comes out of the escaping can move a terminal's cursor.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace text = rockstage::text;
  const auto input = rockstage::fuzz::text(data, size);
  const auto shown = text::escape_for_terminal(input);
  promise(text::is_valid_utf8(shown), "what is shown is UTF-8");
  promise(
      std::ranges::none_of(
          shown, [](unsigned char c) { return (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f; }),
      "no control bytes");
  promise(shown.find("\xc2\x9b") == std::string::npos, "no C1 control sequence");
  promise(shown.find("\xe2\x80\xae") == std::string::npos, "no bidirectional override");

  const auto quoted = text::shell_quote(input);
  promise(!quoted.empty(), "a quoted word is a word");
  const auto trimmed = text::trim(input);
  promise(text::trim(trimmed) == trimmed, "trimming twice is trimming once");
  const auto parts = text::split(input, ',');
  promise(text::join(parts, ",") == input, "split and join are each other's reverse");
  return 0;
}
