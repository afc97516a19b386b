#pragma once
#include "base/rules.hpp"
#include "verify/rules/modules.hpp"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

// The rules about one shared object. Each function is a family; together they judge one file.
namespace rockstage::verify {

/// What is said about one file, in the order in which a loader would come to it.
class FileFindings {
 public:
  FileFindings(const Context& context, const ModuleFile& file) : context_(context), file_(file) {}

  /// `message` goes on after the file's path: "is built for aarch64 …".
  Finding& add(
      const char* rule, Severity severity, std::string_view message, std::string fix, Basis basis);
  /// The same, for what ends the loader's work: the first such finding gets `first`.
  Finding& refuse(const char* rule, std::string_view message, std::string fix, Basis basis);

  [[nodiscard]] bool has(std::string_view rule) const;
  /// Where facts of the file alone come from.
  [[nodiscard]] Basis own_basis() const;

  [[nodiscard]] Findings take() { return std::move(findings_); }

 private:
  const Context& context_;
  const ModuleFile& file_;
  Findings findings_;
  bool refused_ = false;
};

/// The libraries that an object brings with it, as the loader finds them.
struct Closure {
  struct Missing {
    std::string soname, requester;
    std::optional<FoundLibrary> near;  ///< a candidate that does not count, and why
  };

  struct Library {
    std::string soname;  ///< as it is asked for
    FoundLibrary found;
  };

  std::vector<Library> libraries;  ///< breadth first
  std::vector<Missing> missing;    ///< breadth first
  bool complete = true;            ///< every library was read

  /// nullptr when it is not among them.
  [[nodiscard]] const FoundLibrary* find(std::string_view soname) const;
  [[nodiscard]] bool lacks(std::string_view soname) const;
};

/// All that the rules about one object look at.
struct ElfCase {
  const Context& context;
  const ModuleFile& file;
  const Closure& closure;
  FileFindings& out;
  Sink& sink;

  [[nodiscard]] const elf::ElfFacts& elf() const { return file.facts->elf->facts; }

  [[nodiscard]] const ElfRecord& record() const { return *file.facts->elf; }
};

/// elf-malformed. False where nothing of the object can be judged.
bool check_elf_form(const ElfCase& judged);
/// elf-machine, elf-no-dlopen, elf-executable-stack where it refuses.
void check_elf_header(const ElfCase& judged);
/// elf-libc.
void check_elf_libc(const ElfCase& judged);
/// elf-needed, then elf-undefined-symbol.
void check_elf_libraries(const ElfCase& judged);
/// elf-glibc-version.
void check_elf_versions(const ElfCase& judged);
/// elf-runpath.
void check_elf_runpath(const ElfCase& judged);
/// elf-text-relocation, elf-executable-stack, elf-static-tls, elf-writable-code, elf-cpu-level,
/// elf-unstripped, elf-debug-info, rust-provenance.
void check_elf_flags(const ElfCase& judged);

/// lua-abi, lua-linked-vm, lua-embedded-vm, lua-panic-abort.
void check_lua_module(const ElfCase& judged);
/// lua-open-symbol.
void check_lua_open_symbol(const ElfCase& judged,
                           const std::map<std::string, ListedModule, std::less<>>& listed);

/// Empty for what cannot be read as ELF.
Closure needed_closure(const Context& context, const ModuleFile& file);

/// The judged file as one that asks for libraries.
Requester requester_of(const Context& context, const ModuleFile& file);

/// False for a profile without a list of libraries: it cannot tell what is missing.
bool knows_libraries(const Target& target);

/// Compares "2.36" and "2.4" by their numbers: -1, 0, 1.
int compare_numbers(std::string_view a, std::string_view b);

/// True for a C library's own names, which elf-libc speaks of.
bool is_glibc_name(std::string_view soname);
bool is_musl_name(std::string_view soname);

/// The families of rules about files, in files of their own.
void check_libraries(const Context& context, Sink& sink);
void check_recorded_flags(const Context& context, Sink& sink);
void check_ffi_libraries(const Context& context, Sink& sink);
void check_scripts(const Context& context, Sink& sink);
void check_module_paths(const Context& context, Sink& sink);

}  // namespace rockstage::verify
