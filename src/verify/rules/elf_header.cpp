#include "verify/rules/elf_rules.hpp"

#include <algorithm>
#include <array>

namespace rockstage::verify {
namespace {

constexpr std::uint16_t kArm = 40, kAarch64 = 183;  // e_machine
constexpr std::uint8_t kSystemV = 0, kGnu = 3;      // EI_OSABI
constexpr std::uint64_t kLargestPage = 65536;       // of aarch64

/// Class and byte order that go with a machine's name.
struct MachineForm {
  std::string_view name;
  int bits;
  bool little_endian;
};

constexpr std::array kForms = {
    MachineForm{"x86_64", 64, true},
    MachineForm{"aarch64", 64, true},
    MachineForm{"i686", 32, true},
    MachineForm{"arm", 32, true},
    MachineForm{"riscv64", 64, true},
    MachineForm{"powerpc64le", 64, true},
    MachineForm{"s390x", 64, false},
    MachineForm{"loongarch64", 64, true},
};

/// The Rust target of a machine for the libc of the runtime.
std::string rust_target(const Target& target) {
  const bool musl = target.libc_family() == "musl";
  auto machine = target.machine();
  if (machine == "arm")
    return musl ? "armv7-unknown-linux-musleabihf" : "armv7-unknown-linux-gnueabihf";
  if (machine == "riscv64") machine = "riscv64gc";
  return machine + "-unknown-linux-" + (musl ? "musl" : "gnu");
}

std::string rebuild(const Target& target) {
  return "rebuild with --target " + rust_target(target);
}

void check_machine(const ElfCase& judged) {
  const auto& elf = judged.elf();
  const auto& target = judged.context.target;
  const auto wanted = target.machine();
  const auto found = elf::machine_name(elf);
  const auto basis = judged.out.own_basis();
  const auto* form = std::ranges::find(kForms, wanted, &MachineForm::name);
  std::string message;
  if (found != wanted)
    message = "is built for " + found + ", the runtime is " + wanted
              + "; the loader hides this as \"No such file or directory\"";
  else if (form != kForms.end() && elf.bits != form->bits)
    message = "is " + std::to_string(elf.bits) + "-bit, the runtime is "
              + std::to_string(form->bits) + "-bit";
  else if (form != kForms.end() && elf.little_endian != form->little_endian)
    message = std::string("has the byte order of another machine: ")
              + (elf.little_endian ? "little" : "big") + " endian";
  if (message.empty()) return;
  auto& finding = judged.out.refuse(rules::elf_machine, message, rebuild(target), basis);
  finding.evidence["machine"] = found;
  finding.evidence["target_machine"] = wanted;
  finding.evidence["bits"] = std::int64_t{elf.bits};
}

void check_os_abi(const ElfCase& judged) {
  const auto& elf = judged.elf();
  const bool known = elf.os_abi == kSystemV || elf.os_abi == kGnu;
  if (known && (elf.os_abi == kGnu || elf.abi_version == 0)) return;
  const bool of_system = !known;
  auto& finding = judged.out.refuse(
      rules::elf_machine,
      of_system ? "is for another operating system (OS ABI " + std::to_string(elf.os_abi) + ")"
                : "has the ABI version " + std::to_string(elf.abi_version) + ", Linux takes 0",
      rebuild(judged.context.target),
      judged.out.own_basis());
  finding.evidence["os_abi"] = std::int64_t{elf.os_abi};
  finding.evidence["abi_version"] = std::int64_t{elf.abi_version};
}

void check_arm_float(const ElfCase& judged) {
  const auto& elf = judged.elf();
  if (elf.machine != kArm || !elf.arm_hard_float) return;
  const bool hard = judged.context.target.platform() != "linux/arm/v5";
  if (*elf.arm_hard_float == hard) return;
  auto& finding = judged.out.add(rules::elf_machine,
                                 Severity::error,
                                 std::string("uses the ") + (hard ? "soft" : "hard")
                                     + "-float ABI, the runtime is " + (hard ? "armhf" : "armel"),
                                 rebuild(judged.context.target),
                                 judged.out.own_basis());
  finding.evidence["hard_float"] = *elf.arm_hard_float;
}

/// glibc 2.41 no longer makes the stack executable for a library (NEWS for 2.41).
bool refuses_executable_stack(const Target& target) {
  return target.libc_family() == "glibc" && !target.libc_version().empty()
         && compare_numbers(target.libc_version(), "2.41") >= 0;
}

}  // namespace

void check_elf_header(const ElfCase& judged) {
  const auto& elf = judged.elf();
  const auto& target = judged.context.target;
  check_machine(judged);
  check_os_abi(judged);
  check_arm_float(judged);
  if (elf.machine == kAarch64 && elf.load_alignment != 0 && elf.load_alignment < kLargestPage) {
    auto& finding = judged.out.add(rules::elf_machine,
                                   Severity::note,
                                   "loads only on kernels with 4 KiB pages",
                                   "link with -z max-page-size=65536",
                                   judged.out.own_basis());
    finding.evidence["alignment"] = static_cast<std::int64_t>(elf.load_alignment);
  }
  if (elf.no_open)
    judged.out.refuse(rules::elf_no_dlopen,
                      "was linked with -z nodlopen: the loader refuses to dlopen it",
                      "drop the linker's flag -z nodlopen",
                      judged.out.own_basis());
  if (elf.executable_stack && refuses_executable_stack(target)) {
    auto& finding = judged.out.refuse(
        rules::elf_executable_stack,
        "asks for an executable stack, which glibc " + target.libc_version() + " refuses",
        "add .section .note.GNU-stack,\"\",@progbits to the assembly",
        target.libc_basis());
    finding.evidence["libc_version"] = target.libc_version();
  }
}

}  // namespace rockstage::verify
