#include "base/rules_parts.hpp"

namespace rockstage {
namespace {

constexpr RuleInfo kRules[] = {
    {rules::elf_cpu_level,
     Severity::error,
     "needs more than the processors of the target have",
     "A library built with -C target-cpu=native or x86-64-v3 dies with SIGILL (Illegal "
     "instruction, exit 132) on older machines, in the middle of a request. The ISA note of "
     "the file is an error, recorded flags are a warning. Build for the level that the fleet "
     "has; code that asks the processor first is fine."},
    {rules::elf_debug_info,
     Severity::note,
     "debug sections would go with strip",
     "They cost space in every pull and are not used at run time. Strip the library, or keep "
     "the sections in a file of their own for debuggers."},
    {rules::elf_executable_stack,
     Severity::warning,
     "asks for an executable stack",
     "glibc 2.41 and later refuse to dlopen it (cannot enable executable stack as shared "
     "object requires), and hardened kernels do so before. It comes from assembly without a "
     ".note.GNU-stack section. Add the section, or link with -z noexecstack."},
    {rules::elf_glibc_version,
     Severity::error,
     "needs a version of glibc or libgcc that the target lacks",
     "The loader refuses: version `GLIBC_2.38' not found (required by x.so). The library was "
     "built on a newer distribution than the image has; the finding lists the symbols, and "
     "weak ones that the loader would forgive are told apart. Build in an image with a glibc "
     "no newer than the target's."},
    {rules::elf_libc,
     Severity::error,
     "built for another C library than the image has",
     "A glibc library in a musl image fails with: Error relocating x.so: … symbol not found, "
     "or cannot open shared object file; the reverse fails too. Build with the target "
     "*-linux-musl (and -C target-feature=-crt-static) for Alpine, *-linux-gnu otherwise."},
    {rules::elf_machine,
     Severity::error,
     "built for another machine",
     "The loader refuses: wrong ELF class, or cannot open shared object file: No such file or "
     "directory. Machine, word size and byte order must be those of the platform. Build with "
     "--target for it."},
    {rules::elf_malformed,
     Severity::error,
     "named .so, but no ELF object that can be loaded",
     "The loader says: invalid ELF header, or file too short. Usual reasons: a download that "
     "gave an HTML page, a Git LFS pointer that was never fetched, a copy that was cut off. "
     "Build or fetch the file again."},
    {rules::elf_needed,
     Severity::error,
     "a library that it needs is not in the target",
     "The loader refuses: libfoo.so.1: cannot open shared object file: No such file or "
     "directory. It was looked for in the loader's own order: RUNPATH, ld.so.cache and "
     "ld.so.conf, default directories. Install the package that has it in the final stage, or "
     "link it statically."},
    {rules::elf_no_dlopen,
     Severity::error,
     "the file forbids to be loaded at run time",
     "DF_1_NOOPEN is set (-z nodlopen), and the loader refuses: shared object cannot be "
     "dlopen()ed. Modules are always loaded that way. Link without that option."},
    {rules::elf_runpath,
     Severity::warning,
     "RPATH or RUNPATH leads outside of the tree",
     "A path of the build machine does nothing in the image, or finds a library that somebody "
     "else may place there; an empty component means the working directory. Only $ORIGIN "
     "within the tree survives a copy. Link without -rpath, or with $ORIGIN."},
    {rules::elf_static_tls,
     Severity::warning,
     "needs static thread-local storage",
     "Room for it is small and shared by all libraries, so loading may fail late, depending on "
     "what was loaded before: cannot allocate memory in static TLS block. Build with the "
     "default TLS model (no -ftls-model=initial-exec)."},
    {rules::elf_text_relocation,
     Severity::warning,
     "its code must be changed while it is loaded",
     "SELinux denies that (cannot restore segment prot after reloc: Permission denied), and "
     "pages of code are no longer shared between workers. It was compiled without -fPIC. "
     "Compile all of it as position-independent code."},
    {rules::elf_undefined_symbol,
     Severity::error,
     "a symbol that nothing in the target defines",
     "The loader refuses at once or at the first call: undefined symbol: foo. No library that "
     "the file needs has it, nor the Lua host. Link the library that defines it, or correct "
     "the build's libraries."},
    {rules::elf_unstripped,
     Severity::note,
     "a symbol table that the loader does not use",
     "strip saves these bytes, and the names of inner functions. Set strip = true in the "
     "release profile; rockstage build does so."},
    {rules::elf_writable_code,
     Severity::warning,
     "a segment is writable and executable",
     "SELinux and hardened kernels refuse such a mapping, and an attacker who can write gets "
     "code run. It comes from linker scripts or packers. Link with -z separate-code and "
     "without -N."},
};

}  // namespace

std::span<const RuleInfo> verify_elf_rules() {
  return kRules;
}

}  // namespace rockstage
