#include "base/text.hpp"
#include "verify/rules/elf_rules.hpp"

namespace rockstage::verify {
namespace {

constexpr std::uint16_t kRelocatable = 1, kExecutable = 2, kShared = 3;  // e_type

/// What a file named like a library is, when it is no ELF object.
const char* name_of(Content content) {
  switch (content) {
    case Content::empty:
      return "is empty";
    case Content::lfs_pointer:
      return "is a Git LFS pointer, not a library";
    case Content::html:
      return "is an HTML page, not a library";
    case Content::script:
    case Content::text:
      return "is text, not a library";
    case Content::ar_archive:
      return "is a static archive, not a shared library";
    case Content::lua_bytecode:
      return "is Lua bytecode, not a library";
    case Content::rust_metadata:
      return "is metadata of rustc, not a library";
    case Content::gzip:
      return "is compressed, not a library";
    default:
      return "is no ELF object";
  }
}

const char* fix_of(Content content) {
  switch (content) {
    case Content::lfs_pointer:
      return "fetch the file itself with git lfs pull";
    case Content::ar_archive:
    case Content::rust_metadata:
      return "set crate-type = [\"cdylib\"] and stage what it makes";
    default:
      return "fetch or copy it again";
  }
}

void malformed(const ElfCase& judged, std::string_view message, std::string fix) {
  judged.out.refuse(rules::elf_malformed, message, std::move(fix), judged.out.own_basis());
}

/// What the loader asks of the kind of object. False where it is no library at all.
bool check_type(const ElfCase& judged) {
  const auto& elf = judged.elf();
  const char* cdylib = "set crate-type = [\"cdylib\"], or link with -shared";
  if (elf.type == kRelocatable) {
    malformed(judged, "is an object file, not a shared library", cdylib);
    return false;
  }
  if (elf.type == kExecutable || elf.pie) {
    malformed(judged, "is an executable, not a shared library", cdylib);
    return false;
  }
  if (elf.type != kShared) {
    malformed(
        judged, "has the ELF type " + std::to_string(elf.type) + ", not that of a library", cdylib);
    return false;
  }
  return true;
}

}  // namespace

bool check_elf_form(const ElfCase& judged) {
  const auto& facts = *judged.file.facts;
  if (!facts.elf) {
    malformed(judged, name_of(facts.content), fix_of(facts.content));
    return false;
  }
  const char* again = "fetch or copy it again";
  if (facts.elf->malformed) {
    malformed(judged, "cannot be read as ELF: " + facts.elf->problem, again);
    return false;
  }
  if (!check_type(judged)) return false;

  const auto& elf = judged.elf();
  if (!elf.has_load) malformed(judged, "has no loadable segment", again);
  if (elf.file_end > elf.size)
    malformed(
        judged,
        "is cut off at byte " + std::to_string(elf.size) + " of " + std::to_string(elf.file_end),
        again);
  if (elf.has_load && !elf.has_dynamic) malformed(judged, "has no dynamic section", again);
  if (elf.misaligned_load)
    malformed(judged,
              "has a segment whose address and offset differ modulo the page",
              "link it again without a linker script of its own");
  if (!elf.damage.empty()) {
    auto& finding = judged.out.refuse(
        rules::elf_malformed, "is damaged: " + elf.damage.front(), again, judged.out.own_basis());
    finding.evidence["damage"] = elf.damage;
  }
  if (!elf.outside.empty())
    judged.sink.not_judged(
        rules::elf_malformed,
        judged.file.path,
        "tables lie outside of what was kept of the file: " + text::join(elf.outside, ", "));
  return elf.has_load && elf.has_dynamic;
}

}  // namespace rockstage::verify
