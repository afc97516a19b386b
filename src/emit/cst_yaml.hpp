#pragma once
#include <string>

namespace rockstage::emit {

/// A text as a YAML scalar in double quotes, on one line; bytes that are no UTF-8 become U+FFFD.
/// Read the same by YAML 1.1 and 1.2.
std::string yaml_text(const std::string& text);

}  // namespace rockstage::emit
