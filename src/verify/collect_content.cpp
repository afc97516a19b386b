#include "verify/collect_content.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <cstdint>

namespace rockstage::verify {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::size_t kLooksLikeText = 512;  // bytes

bool is_text(std::string_view head) {
  return std::ranges::none_of(head.substr(0, kLooksLikeText), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == 0 || (byte < 0x20 && (byte < '\t' || byte > '\r') && byte != 0x1b);
  });
}

bool is_html(std::string_view head) {
  const auto start = text::to_lower(text::trim(head.substr(0, 64)));
  return start.starts_with("<!doctype html") || start.starts_with("<html");
}

/// A number of an ELF header in its byte order; 0 outside `head`.
std::uint64_t number(std::string_view head, std::uint64_t offset, std::size_t size) {
  if (offset > head.size() || size > head.size() - offset) return 0;
  const bool little = head[5] == 1;
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const auto byte = head[offset + (little ? size - 1 - i : i)];
    value = value << 8 | static_cast<unsigned char>(byte);
  }
  return value;
}

}  // namespace

Content classify(std::string_view head) {
  if (head.empty()) return Content::empty;
  if (head.starts_with("\x7f"
                       "ELF"))
    return Content::elf;
  if (head.starts_with("\x1bLJ") || head.starts_with("\x1bLua")) return Content::lua_bytecode;
  if (head.starts_with("#!")) return Content::script;
  if (head.starts_with("!<arch>\n") || head.starts_with("!<thin>\n")) return Content::ar_archive;
  if (head.starts_with("rust\0\0\0"sv)) return Content::rust_metadata;
  if (head.starts_with("version https://git-lfs.github.com/")) return Content::lfs_pointer;
  if (head.starts_with("\x1f\x8b")) return Content::gzip;
  if (is_html(head)) return Content::html;
  return is_text(head) ? Content::text : Content::binary;
}

std::string interpreter_of(std::string_view head) {
  if (!head.starts_with("#!")) return {};
  const auto line = text::trim(head.substr(2, std::min(head.find('\n'), std::size_t{512}) - 2));
  std::string_view program = line.substr(0, line.find_first_of(" \t"));
  if (program.ends_with("/env")) {
    auto rest = text::trim(line.substr(program.size()));
    if (rest.starts_with("-S ")) rest = text::trim(rest.substr(3));
    program = rest.substr(0, rest.find_first_of(" \t"));
  }
  return std::string(program);
}

bool is_program(std::string_view head) {
  constexpr std::uint64_t kExecutable = 2, kInterpreter = 3;  // ET_EXEC, PT_INTERP
  if (!head.starts_with("\x7f"
                        "ELF")
      || head.size() < 52)
    return false;
  if (number(head, 16, 2) == kExecutable) return true;
  const bool wide = head[4] == 2;
  const auto table = wide ? number(head, 32, 8) : number(head, 28, 4);
  const auto each = number(head, wide ? 54 : 42, 2);
  const auto count = number(head, wide ? 56 : 44, 2);
  if (each == 0) return false;
  for (std::uint64_t i = 0; i < count && table + i * each < head.size(); ++i)
    if (number(head, table + i * each, 4) == kInterpreter) return true;
  return false;
}

}  // namespace rockstage::verify
