#include "elf/sections.hpp"

#include "support/elf_builder.hpp"

#include <catch2/catch.hpp>

using namespace rockstage;

namespace {

std::vector<std::string> names(const std::vector<elf::SectionBytes>& sections) {
  std::vector<std::string> out;
  for (const auto& section : sections)
    out.push_back(section.name);
  return out;
}

test::ElfSpec with_sections() {
  test::ElfSpec spec;
  spec.sections = {{".rodata", "text of one"}, {".comment", "GCC"}, {".rodata", "two"}};
  return spec;
}

}  // namespace

TEST_CASE("elf sections: each with its name and bytes, in order", "[elf]") {
  for (const int bits : {32, 64}) {
    for (const bool little : {true, false}) {
      auto spec = with_sections();
      spec.bits = bits;
      spec.little_endian = little;
      const std::string file = test::build_elf(spec);
      const auto found = elf::sections(file);
      INFO(bits << (little ? " little" : " big"));
      REQUIRE(found.size() >= 3);
      CHECK(found[0].name == ".rodata");
      CHECK(found[0].bytes == "text of one");
      CHECK_FALSE(found[0].executable);
      CHECK(found[1].bytes == "GCC");
      CHECK(found[2].bytes == "two");
    }
  }
}

TEST_CASE("elf sections: a file cut off anywhere gives bytes of the file only", "[elf]") {
  const std::string file = test::build_elf(with_sections());
  for (std::size_t size = 0; size < file.size(); ++size) {
    const std::string part = file.substr(0, size);
    for (const auto& section : elf::sections(part)) {
      CHECK(section.bytes.data() >= part.data());
      CHECK(section.bytes.data() + section.bytes.size() <= part.data() + part.size());
    }
  }
}

TEST_CASE("elf sections: none of what is no object, or has no table", "[elf]") {
  CHECK(elf::sections("").empty());
  CHECK(elf::sections("return {}").empty());
  CHECK(elf::sections(std::string("\x7f"
                                  "ELF")
                      + std::string(100, '\xff'))
            .empty());
  CHECK(elf::sections(test::build_elf({})).empty());
}

TEST_CASE("elf sections: numbers beyond the file are no bytes", "[elf]") {
  std::string file = test::build_elf(with_sections());
  const auto sound = names(elf::sections(file));
  REQUIRE(sound.size() >= 3);
  // sh_offset and sh_size of the first real header: the table is at the end of the file.
  std::uint64_t table = 0;
  for (int i = 7; i >= 0; --i)
    table = table << 8 | static_cast<unsigned char>(file[40 + static_cast<std::size_t>(i)]);
  for (std::size_t i = 24; i < 40; ++i)
    file[table + 64 + i] = '\xff';
  const auto damaged = elf::sections(file);
  REQUIRE(damaged.size() == sound.size());
  CHECK(damaged[0].bytes.empty());
  CHECK(damaged[2].bytes == "two");
}
