#include "cli/binary_objects.hpp"

#include "base/text.hpp"
#include "build/library.hpp"
#include "elf/elf_file.hpp"
#include "lua/abi.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <span>

namespace rockstage::cli {
namespace {

/// The libc that the object's list of libraries names, as triples have it.
std::string libc_of(const elf::ElfFacts& facts) {
  for (const auto& name : facts.needed) {
    if (name == "libc.so.6") return "gnu";
    if (name == "libc.so" || name.starts_with("libc.musl-")) return "musl";
  }
  return {};
}

/// Judges the objects of a rock for one variant, as a build judges what it has made.
class ObjectCheck {
 public:
  ObjectCheck(const source::Rock& rock, const plan::Variant& variant, Diagnostics& diagnostics)
      : rock_(rock), variant_(variant), diagnostics_(diagnostics) {}

  Result<void> look_at(const std::string& path) {
    RS_TRY_ASSIGN(const auto bytes, sys::read_file(sys::join(rock_.directory, path)));
    if (!elf::looks_like_elf(bytes)) return {};
    auto facts = elf::read_elf(bytes);
    if (!facts) return bad(path, facts.error().message, "it is damaged");
    RS_TRY(check_machine(path, *facts));
    if (!path.starts_with("lib/") || lua::module_kind(*facts) != lua::ModuleKind::native) return {};
    if (const auto complaint =
            build::open_complaint(*facts, lua::path_to_module(path.substr(4)), variant_.lua);
        !complaint.empty())
      diagnostics_.warning(fmt::format("'{}': {}", path, complaint));
    return check_lua(path, *facts, bytes);
  }

 private:
  [[nodiscard]] tl::unexpected<Error> bad(const std::string& path,
                                          const std::string& what,
                                          const std::string& hint) const {
    return fail(Errc::invalid_input,
                fmt::format("'{}': '{}' {}", sys::base_name(rock_.binary->file), path, what),
                hint);
  }

  [[nodiscard]] Result<void> check_machine(const std::string& path,
                                           const elf::ElfFacts& facts) const {
    constexpr const char* kElsewhere =
        "get the rock for that machine, or build it from its sources";
    if (!build::fits_machine(facts, variant_.target))
      return bad(
          path,
          fmt::format("is for {}, and the target is {}", elf::machine_name(facts), variant_.target),
          kElsewhere);
    const auto libc = libc_of(facts);
    const bool other = (libc == "gnu" && variant_.target.ends_with("-musl"))
                       || (libc == "musl" && variant_.target.ends_with("-gnu"));
    if (other)
      return bad(
          path,
          fmt::format(
              "needs {}, and the target is {}", libc == "gnu" ? "glibc" : "musl", variant_.target),
          kElsewhere);
    return {};
  }

  Result<void> check_lua(const std::string& path,
                         const elf::ElfFacts& facts,
                         std::string_view bytes) {
    lua::CodeScanner scanner;
    const auto all = std::as_bytes(std::span(bytes));
    elf::StreamReader reader(bytes.size(), &scanner);
    reader.feed(all);
    scanner.data(all);
    if (const auto read = reader.finish(); !read)
      return bad(path, read.error().message, "it is damaged");
    const auto code = scanner.finish();
    const auto verdict = lua::judge(facts, code, variant_.lua);
    const auto lua = lua::to_string(variant_.lua);
    if (verdict.kind == lua::Verdict::Kind::fits) return {};
    if (verdict.kind == lua::Verdict::Kind::undecidable) {
      diagnostics_.note(
          fmt::format("'{}': whether it fits {} is not known: {}", path, lua, verdict.reason));
      return {};
    }
    auto why = fmt::format("it is built for {}", verdict.built_for);
    if (verdict.built_for.empty())
      why = verdict.missing.empty()
                ? "it is built for another Lua"
                : fmt::format("it needs {}, which is not in that Lua", verdict.missing.front());
    std::vector<std::string> others;
    for (const auto other : lua::fitting(facts, code))
      others.push_back(lua::to_string(other));
    return bad(path,
               fmt::format("does not fit {}: {}", lua, why),
               others.empty() ? "build the rock from its sources"
                              : fmt::format("stage it with --lua {}, or build it from its sources",
                                            text::join(others, " or ")));
  }

  const source::Rock& rock_;
  const plan::Variant& variant_;
  Diagnostics& diagnostics_;
};

bool may_be_object(build::FileClass file_class) {
  return file_class == build::FileClass::native_module
         || file_class == build::FileClass::ffi_library || file_class == build::FileClass::program;
}

}  // namespace

Result<void> check_objects(const ObjectsOfRock& objects, Diagnostics& diagnostics) {
  ObjectCheck check(objects.rock, objects.variant, diagnostics);
  for (const auto& [file, file_class] : objects.files)
    if (may_be_object(file_class)) RS_TRY(check.look_at(file));
  return {};
}

}  // namespace rockstage::cli
