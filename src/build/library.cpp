#include "build/library.hpp"

#include "base/text.hpp"
#include "elf/elf_file.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rockstage::build {
namespace {

/// The processor of a triple, as elf::machine_name has it; rustc knows several names for some.
std::string machine_of(const std::string& target) {
  const std::string arch = target.substr(0, target.find('-'));
  if (arch == "i386" || arch == "i586" || arch == "i686") return "i686";
  if (arch.starts_with("arm") || arch.starts_with("thumb")) return "arm";
  for (const char* family : {"riscv64", "riscv32", "mips"}) {
    if (arch.starts_with(family)) return family;
  }
  return arch;
}

/// Names that elf::machine_name gives.
constexpr std::string_view kMachines[] = {"x86_64",
                                          "i686",
                                          "aarch64",
                                          "arm",
                                          "riscv64",
                                          "riscv32",
                                          "powerpc64le",
                                          "powerpc64",
                                          "s390x",
                                          "mips",
                                          "loongarch64"};

}  // namespace

Result<std::optional<elf::ElfFacts>> read_library(const std::string& path) {
  RS_TRY_ASSIGN(const auto bytes, sys::read_file(path));
  if (!elf::looks_like_elf(bytes)) return std::nullopt;
  RS_TRY_ASSIGN(auto facts, elf::read_elf(bytes));
  return facts;
}

bool fits_machine(const elf::ElfFacts& facts, const std::string& target) {
  const std::string wanted = machine_of(target);
  const bool known =
      std::find(std::begin(kMachines), std::end(kMachines), wanted) != std::end(kMachines);
  return !known || elf::machine_name(facts) == wanted;
}

bool opens(const elf::ElfFacts& facts, const std::string& module, lua::Lua lua) {
  const auto wanted = lua::open_names(module, lua);
  const auto exported = elf::luaopen_names(facts);
  return std::any_of(wanted.begin(), wanted.end(), [&](const std::string& name) {
    return std::find(exported.begin(), exported.end(), name) != exported.end();
  });
}

std::string exported_opens(const elf::ElfFacts& facts) {
  return text::join(elf::luaopen_names(facts), ", ");
}

std::string open_complaint(const elf::ElfFacts& facts, const std::string& module, lua::Lua lua) {
  if (elf::luaopen_names(facts).empty() || opens(facts, module, lua)) return {};
  return fmt::format("the library exports {}, module '{}' needs {}",
                     exported_opens(facts),
                     module,
                     text::join(lua::open_names(module, lua), " or "));
}

}  // namespace rockstage::build
