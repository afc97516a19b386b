#include "emit/cst_yaml.hpp"

#include "base/json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace rockstage::emit {

std::string yaml_text(const std::string& text) {
  // The escapes of JSON are YAML's too (YAML 1.2, 5.7), but JSON lets pass what is not printable
  // there (5.1) or ended a line in YAML 1.1: DEL, U+0080 to U+009F, U+2028, U+2029, U+FFFE, U+FFFF.
  const std::string json = to_json_line(text);
  std::string out;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const auto byte = [&json, i](std::size_t ahead) -> unsigned {
      return i + ahead < json.size() ? static_cast<unsigned char>(json[i + ahead]) : 0;
    };
    const unsigned second = byte(1), third = byte(2);
    if (byte(0) == 0x7f) {
      out += "\\u007f";
    } else if (byte(0) == 0xc2 && second < 0xa0) {
      out += fmt::format("\\u{:04x}", second);
      i += 1;
    } else if ((byte(0) == 0xe2 && second == 0x80 && (third == 0xa8 || third == 0xa9))
               || (byte(0) == 0xef && second == 0xbf && third >= 0xbe)) {
      out += fmt::format("\\u{:04x}",
                         ((byte(0) & 0x0fU) << 12U) | ((second & 0x3fU) << 6U) | (third & 0x3fU));
      i += 2;
    } else {
      out += json[i];
    }
  }
  return out;
}

}  // namespace rockstage::emit
