// Compiles a file of profiles into a C++ table at build: generate RUNTIMES.yaml TABLE.cpp
#include "runtime/table.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace rockstage::runtime {
namespace {

/// Octal, three digits each: a digit that follows is not taken for a part of it.
std::string literal(const std::string& bytes) {
  std::string text;
  for (const char byte : bytes) {
    const auto code = static_cast<unsigned char>(byte);
    const bool plain = code >= 0x20 && code < 0x7f && byte != '"' && byte != '\\' && byte != '?';
    text += plain ? std::string(1, byte) : fmt::format("\\{:03o}", code);
  }
  return text;
}

std::string source(Catalogue& catalogue) {
  std::string text =
      "#include \"runtime/table.hpp\"\n\nnamespace rockstage::runtime {\nnamespace {\n\n"
      "using namespace std::string_view_literals;\n\n"
      "constexpr std::string_view kRows[] = {\n";
  parts(catalogue, [&](const char* part, auto& list) {
    for (auto& record : list) {
      std::string name = part;
      RowWriter writer;
      writer(name, record);
      text += fmt::format("    \"{}\"sv,\n", literal(writer.take()));
    }
  });
  return text
         + "};\n\n}  // namespace\n\nstd::span<const std::string_view> builtin_rows() {\n"
           "  return kRows;\n}\n\n}  // namespace rockstage::runtime\n";
}

}  // namespace
}  // namespace rockstage::runtime

int main(int argc, char** argv) {
  using namespace rockstage;
  if (argc != 3) {
    std::fputs("usage: generate RUNTIMES.yaml TABLE.cpp\n", stderr);
    return 2;
  }
  auto catalogue = runtime::read_catalogue(argv[1], {});
  if (!catalogue) {
    std::fprintf(stderr, "%s\n", catalogue.error().message.c_str());
    return 1;
  }
  const auto written = sys::write_file_atomic(argv[2], runtime::source(*catalogue));
  if (!written) std::fprintf(stderr, "%s\n", written.error().message.c_str());
  return written ? 0 : 1;
}
