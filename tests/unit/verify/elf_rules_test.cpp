#include "elf_lua_bench.hpp"
#include "support/elf_builder.hpp"

using namespace rockstage;
using namespace rockstage::test;
using namespace rockstage::verify;

namespace {

/// The one finding of `rule`; fails the test when there is none, or more.
Finding only(const Findings& findings, const char* rule) {
  const auto found = of_rule(findings, rule);
  REQUIRE(found.size() == 1);
  CHECK(found.front().evidence.contains("basis"));
  CHECK_FALSE(found.front().fix.empty());
  return found.front();
}

void form(const ElfCase& judged) {
  check_elf_form(judged);
}

elf::VersionNeed need(const std::string& version,
                      std::vector<std::string> strong,
                      std::vector<std::string> weak = {},
                      bool weak_flag = false) {
  return {.library = "libc.so.6",
          .version = version,
          .weak_flag = weak_flag,
          .strong_users = std::move(strong),
          .weak_users = std::move(weak)};
}

std::vector<std::string> texts(const Finding& finding, const std::string& name) {
  return std::get<std::vector<std::string>>(finding.evidence.at(name));
}

}  // namespace

TEST_CASE("elf-malformed: what is named like a library and is none is said by its content",
          "[verify]") {
  Bench bench;
  bench.put("lib/lua/5.1/pointer.so",
            "version https://git-lfs.github.com/spec/v1\noid sha256:00\n");
  bench.put("lib/lua/5.1/empty.so", "");
  bench.put("lib/lua/5.1/page.so", "<!DOCTYPE html>\n<html></html>\n");
  const auto findings = of_rule(bench.run(check_libraries), rules::elf_malformed);
  REQUIRE(findings.size() == 3);
  CHECK(findings[0].message == "lib/lua/5.1/empty.so is empty");
  CHECK(findings[1].message == "lib/lua/5.1/page.so is an HTML page, not a library");
  CHECK(findings[2].message == "lib/lua/5.1/pointer.so is a Git LFS pointer, not a library");
  CHECK(findings[2].severity == Severity::error);
}

TEST_CASE("elf-malformed: text that is not named like a library is none of ours", "[verify]") {
  Bench bench;
  bench.put("lib/lua/5.1/readme.txt", "read me");
  bench.put("share/lua/5.1/x.lua", "return {}");
  CHECK(bench.run(check_libraries).empty());
}

TEST_CASE("elf-malformed: programs, object files and cut or damaged objects", "[verify]") {
  Bench bench;
  auto facts = sound_object();
  CHECK(bench.judge(facts, form).empty());

  facts.file_end = 8192;
  CHECK(only(bench.judge(facts, form), rules::elf_malformed).message
        == "lib/lua/5.1/x.so is cut off at byte 4096 of 8192");
  facts = sound_object();
  facts.type = 1;
  CHECK(only(bench.judge(facts, form), rules::elf_malformed).message
        == "lib/lua/5.1/x.so is an object file, not a shared library");
  facts = sound_object();
  facts.pie = true;
  CHECK(only(bench.judge(facts, form), rules::elf_malformed).message
        == "lib/lua/5.1/x.so is an executable, not a shared library");
  facts = sound_object();
  facts.has_dynamic = false;
  only(bench.judge(facts, form), rules::elf_malformed);
  facts = sound_object();
  facts.damage = {"DT_SYMTAB lies outside the file"};
  CHECK(texts(only(bench.judge(facts, form), rules::elf_malformed), "damage") == facts.damage);
}

TEST_CASE("elf-malformed: a library with a PT_INTERP, like libc, is a library", "[verify]") {
  Bench bench;
  auto facts = sound_object();
  facts.interpreter = "/lib64/ld-linux-x86-64.so.2";
  CHECK(bench.judge(facts, form).empty());
}

TEST_CASE("elf-machine: another machine, class or byte order", "[verify]") {
  Bench bench;
  auto facts = sound_object();
  CHECK(bench.judge(facts, check_elf_header).empty());

  facts.machine = 183;
  facts.load_alignment = 65536;
  const auto finding = only(bench.judge(facts, check_elf_header), rules::elf_machine);
  CHECK(finding.message ==
        "lib/lua/5.1/x.so is built for aarch64, the runtime is x86_64; the loader hides this as "
        "\"No such file or directory\"");
  CHECK(finding.fix == "rebuild with --target x86_64-unknown-linux-gnu");
  CHECK(std::get<bool>(finding.evidence.at("first")));

  facts = sound_object();
  facts.bits = 32;
  only(bench.judge(facts, check_elf_header), rules::elf_machine);
  facts = sound_object();
  facts.os_abi = 9;  // FreeBSD
  only(bench.judge(facts, check_elf_header), rules::elf_machine);
  facts = sound_object();
  facts.os_abi = 3;  // GNU: as it should be
  CHECK(bench.judge(facts, check_elf_header).empty());
}

TEST_CASE("elf-no-dlopen: -z nodlopen", "[verify]") {
  Bench bench;
  auto facts = sound_object();
  facts.no_open = true;
  CHECK(only(bench.judge(facts, check_elf_header), rules::elf_no_dlopen).severity
        == Severity::error);
}

TEST_CASE("elf-executable-stack: an error where glibc refuses it, else a warning", "[verify]") {
  auto facts = sound_object();
  facts.executable_stack = true;
  const auto both = [](const ElfCase& judged) {
    check_elf_header(judged);
    check_elf_flags(judged);
  };
  Bench old;
  CHECK(only(old.judge(facts, both), rules::elf_executable_stack).severity == Severity::warning);
  auto profile = glibc_profile();
  profile.libc.version = "2.41";
  Bench newer(profile);
  CHECK(only(newer.judge(facts, both), rules::elf_executable_stack).severity == Severity::error);
  CHECK(of_rule(newer.judge(sound_object(), both), rules::elf_executable_stack).empty());
}

TEST_CASE("elf-libc: glibc's objects on musl and the reverse", "[verify]") {
  Bench musl(musl_profile()), glibc;
  auto facts = sound_object();
  CHECK(only(musl.judge(facts, check_elf_libc), rules::elf_libc).message
        == "lib/lua/5.1/x.so is built for glibc, the runtime is musl");
  CHECK(glibc.judge(facts, check_elf_libc).empty());

  facts.needed = {"libc.musl-x86_64.so.1"};
  facts.version_needs.clear();
  CHECK(glibc.judge(facts, check_elf_libc).size() == 1);
  CHECK(musl.judge(facts, check_elf_libc).empty());
}

TEST_CASE("elf-libc: is not judged where the profile leaves the libc open", "[verify]") {
  auto profile = glibc_profile();
  profile.libc = {};
  Bench bench(profile);
  CHECK(bench.judge(sound_object(), check_elf_libc).empty());
  REQUIRE(bench.undecided.size() == 1);
  CHECK(bench.undecided.front().rule == rules::elf_libc);
}

TEST_CASE("elf-glibc-version: names the floor, its symbols, strong before weak", "[verify]") {
  Bench bench;
  auto facts = sound_object();
  CHECK(bench.judge(facts, check_elf_versions).empty());
  facts.version_needs = {need("GLIBC_2.36", {"x"}),
                         need("GLIBC_2.38", {"strtol"}, {"aa"}),
                         need("GLIBC_2.39", {}, {"pidfd_spawnp"})};
  const auto finding = only(bench.judge(facts, check_elf_versions), rules::elf_glibc_version);
  CHECK(finding.message
        == "lib/lua/5.1/x.so needs glibc 2.39 for strtol, aa, pidfd_spawnp, the runtime has 2.36");
  CHECK(texts(finding, "symbols") == std::vector<std::string>{"strtol", "aa", "pidfd_spawnp"});
  CHECK(std::get<std::string>(finding.evidence.at("strong_version")) == "GLIBC_2.38");
}

TEST_CASE("elf-glibc-version: weak users do not help without the weak flag", "[verify]") {
  Bench bench;
  auto facts = sound_object();
  facts.version_needs = {need("GLIBC_2.39", {}, {"pidfd_spawnp"})};
  CHECK(only(bench.judge(facts, check_elf_versions), rules::elf_glibc_version).message
        == "lib/lua/5.1/x.so needs glibc 2.39 for pidfd_spawnp (weak only), the runtime has 2.36");
  facts.version_needs = {need("GLIBC_2.39", {}, {"pidfd_spawnp"}, true)};
  CHECK(bench.judge(facts, check_elf_versions).empty());
  facts.version_needs = {need("GLIBC_2.39", {"gettid"}, {}, true)};
  CHECK(bench.judge(facts, check_elf_versions).size() == 1);
}

TEST_CASE("elf-glibc-version: ld-linux counts, private names never fit, musl has no versions",
          "[verify]") {
  Bench bench;
  auto facts = sound_object();
  auto loader = need("GLIBC_2.37", {"__rseq_offset"});
  loader.library = "ld-linux-x86-64.so.2";
  facts.version_needs = {loader};
  CHECK(bench.judge(facts, check_elf_versions).size() == 1);
  CHECK(Bench(musl_profile()).judge(facts, check_elf_versions).empty());
  facts.version_needs = {need("GLIBC_PRIVATE", {"__libc_start"})};
  CHECK(bench.judge(facts, check_elf_versions).size() == 1);
  facts.version_needs = {need("GLIBC_ABI_DT_RELR", {})};
  CHECK(bench.judge(facts, check_elf_versions).empty());
}

TEST_CASE("elf-glibc-version: numbers are no fractions", "[verify]") {
  CHECK(compare_numbers("2.4", "2.36") < 0);
  CHECK(compare_numbers("2.36", "2.36") == 0);
  CHECK(compare_numbers("3.4.30", "3.4.4") > 0);
  CHECK(compare_numbers("2.36.1", "2.36") > 0);
  CHECK(compare_numbers("2.2.5", "") > 0);
}

TEST_CASE("elf-needed: a library that the runtime lacks, with its package", "[verify]") {
  Bench bench;
  auto facts = sound_object();
  CHECK(bench.judge(facts, check_elf_libraries).empty());
  facts.needed = {"libc.so.6", "libssl.so.3"};
  const auto finding = only(bench.judge(facts, check_elf_libraries), rules::elf_needed);
  CHECK(finding.message == "lib/lua/5.1/x.so needs libssl.so.3, which the runtime lacks");
  CHECK(finding.fix == "install libssl3 in the runtime stage, or link it statically");
}

TEST_CASE("elf-needed: is not judged by a profile without a list of libraries", "[verify]") {
  auto profile = glibc_profile();
  profile.libraries.clear();
  profile.libc = {};
  Bench bench(profile);
  auto facts = sound_object();
  facts.needed = {"libsomething.so.3"};
  CHECK(bench.judge(facts, check_elf_libraries).empty());
}

TEST_CASE("elf-runpath: only $ORIGIN inside the tree", "[verify]") {
  Bench bench;
  auto facts = sound_object();
  for (const char* fine : {"$ORIGIN", "${ORIGIN}/../..", "$ORIGIN/../../x"}) {
    facts.runpath = fine;
    CHECK(bench.judge(facts, check_elf_runpath).empty());
  }
  const std::pair<const char*, Severity> cases[] = {{"/opt/lib", Severity::error},
                                                    {"", Severity::error},
                                                    {"$ORIGIN:", Severity::error},
                                                    {"lib", Severity::error},
                                                    {"/usr/local/lib", Severity::warning},
                                                    {"/usr/lib/x", Severity::warning},
                                                    {"$ORIGIN/../../../..", Severity::warning},
                                                    {"/usr/$LIB", Severity::warning}};
  for (const auto& [path, severity] : cases) {
    facts.runpath = path;
    INFO(path);
    CHECK(only(bench.judge(facts, check_elf_runpath), rules::elf_runpath).severity == severity);
  }
  facts.runpath = "$ORIGIN";
  facts.rpath = "/opt/lib";  // the loader does not look at it
  CHECK(bench.judge(facts, check_elf_runpath).empty());
}

TEST_CASE("elf-text-relocation, elf-static-tls, elf-writable-code: each fires alone", "[verify]") {
  Bench bench;
  CHECK(bench.judge(sound_object(), check_elf_flags).empty());
  auto facts = sound_object();
  facts.text_relocations = true;
  CHECK(only(bench.judge(facts, check_elf_flags), rules::elf_text_relocation).severity
        == Severity::warning);
  facts = sound_object();
  facts.tls_size = 80;
  CHECK(bench.judge(facts, check_elf_flags).empty());
  facts.static_tls = true;
  CHECK(std::get<std::int64_t>(
            only(bench.judge(facts, check_elf_flags), rules::elf_static_tls).evidence.at("bytes"))
        == 80);
  facts = sound_object();
  facts.writable_code = true;
  only(bench.judge(facts, check_elf_flags), rules::elf_writable_code);
}

TEST_CASE("elf-cpu-level: the property note is an error, recorded flags a warning", "[verify]") {
  Bench bench;
  auto facts = sound_object();
  facts.x86_isa_level = 3;
  CHECK(only(bench.judge(facts, check_elf_flags), rules::elf_cpu_level).severity
        == Severity::error);
  const std::string record = "lib/luarocks/rocks-5.1/x/1-1/rockstage.json";
  bench.put(record, "{\"rustflags\": [\"-C\", \"target-cpu=native\"]}\n");
  const auto finding = only(bench.run(check_recorded_flags), rules::elf_cpu_level);
  CHECK(finding.severity == Severity::warning);
  CHECK(std::get<std::string>(finding.evidence.at("target_cpu")) == "native");
  Bench plain;
  plain.put(record, "{\"rustflags\": [\"-C\", \"opt-level=3\"]}\n");
  CHECK(plain.run(check_recorded_flags).empty());
}

TEST_CASE("elf-unstripped, elf-debug-info, rust-provenance: are notes", "[verify]") {
  Bench bench;
  auto facts = sound_object();
  facts.symtab_bytes = 1234;
  facts.debug_bytes = 99;
  facts.comments = {"GCC: (Debian 12.2.0)", "rustc version 1.95.0 (abc 2026-01-01)"};
  facts.crates = {{.name = "mlua", .version = "0.10.0", .source = "registry"}};
  const auto findings = bench.judge(facts, check_elf_flags);
  CHECK(only(findings, rules::elf_unstripped).message
        == "lib/lua/5.1/x.so carries 2 kB of symbols");
  CHECK(only(findings, rules::elf_unstripped).fix == "set strip = \"symbols\" in the profile");
  CHECK(only(findings, rules::elf_debug_info).severity == Severity::note);
  CHECK(texts(only(findings, rules::rust_provenance), "crates")
        == std::vector<std::string>{"mlua 0.10.0"});
  facts.comments.pop_back();
  facts.crates.clear();
  const auto of_c = bench.judge(facts, check_elf_flags);
  CHECK(of_rule(of_c, rules::rust_provenance).empty());
  CHECK(only(of_c, rules::elf_unstripped).fix == "link it with -s, or run strip --strip-unneeded");
  CHECK(only(of_c, rules::elf_debug_info).fix
        == "compile it without -g, or run strip --strip-debug");
}

namespace {

/// A tree whose module brings libdep.so.1, and what the rules about its libraries say.
struct Brought {
  Bench bench;
  ElfSpec module, library;

  Brought() {
    module.exports = {"luaopen_x"};
    module.needed = {"libdep.so.1"};
    module.runpath = "$ORIGIN";
    library.soname = "libdep.so.1";
  }

  Findings judge() {
    bench.put("lib/lua/5.1/x.so", build_elf(module));
    bench.put("lib/lua/5.1/libdep.so.1", build_elf(library));
    return bench.run(check_libraries);
  }
};

}  // namespace

TEST_CASE("elf-glibc-version: what a library that the module brings needs", "[verify]") {
  Brought tree;
  tree.library.version_needs = {{"libc.so.6", "GLIBC_2.30", false, {"gettid"}}};
  CHECK(of_rule(tree.judge(), rules::elf_glibc_version).empty());
  tree.library.version_needs = {{"libc.so.6", "GLIBC_2.39", false, {"pidfd_spawnp"}}};
  const auto finding = only(tree.judge(), rules::elf_glibc_version);
  CHECK(finding.path == "lib/lua/5.1/x.so");
  CHECK_THAT(finding.message, Catch::Contains("glibc 2.39") && Catch::Contains("libdep.so.1"));
}

TEST_CASE("elf-needed: what a brought library needs is looked for through the module", "[verify]") {
  Brought tree;
  tree.library.needed = {"libdeeper.so.1"};
  ElfSpec deeper;
  deeper.soname = "libdeeper.so.1";
  tree.bench.put("lib/lua/5.1/deep/libdeeper.so.1", build_elf(deeper));
  const auto finding = only(tree.judge(), rules::elf_needed);
  CHECK(finding.message
        == "lib/lua/5.1/x.so needs libdeeper.so.1, which the runtime lacks (through libdep.so.1)");
  tree.module.runpath.clear();
  tree.module.rpath = "$ORIGIN:$ORIGIN/deep";
  CHECK(of_rule(tree.judge(), rules::elf_needed).empty());
}

TEST_CASE("elf-needed: a directory that only the loader can name is not judged", "[verify]") {
  Brought tree;
  tree.module.needed = {"libother.so.1"};
  tree.module.runpath = "$ORIGIN/$PLATFORM";
  CHECK(of_rule(tree.judge(), rules::elf_needed).empty());
  REQUIRE(tree.bench.undecided.size() == 1);
  CHECK(tree.bench.undecided.front().rule == rules::elf_needed);
}

TEST_CASE("elf-needed: a library for newer processors only is a note", "[verify]") {
  Brought tree;
  tree.module.needed = {"libnew.so.1"};
  ElfSpec spec;
  tree.bench.put("lib/lua/5.1/glibc-hwcaps/x86-64-v3/libnew.so.1", build_elf(spec));
  const auto finding = only(tree.judge(), rules::elf_needed);
  CHECK(finding.severity == Severity::note);
  CHECK_THAT(finding.message, Catch::Contains("x86-64-v3"));
}

TEST_CASE("elf-glibc-version: names that every distribution's libraries have", "[verify]") {
  auto profile = glibc_profile();
  profile.libraries.insert(profile.libraries.end(), {"libstdc++.so.6", "libcrypt.so.1"});
  Bench bench(profile);
  auto facts = sound_object();
  facts.needed = {"libstdc++.so.6", "libcrypt.so.1"};
  auto of_cxx = need("GLIBCXX_3.4.28", {"x"}), of_crypt = need("XCRYPT_2.0", {"crypt"});
  of_cxx.library = "libstdc++.so.6";
  of_crypt.library = "libcrypt.so.1";
  facts.version_needs = {of_cxx, of_crypt};
  CHECK(bench.judge(facts, check_elf_versions).empty());
  CHECK(bench.undecided.empty());
  facts.version_needs.front().version = "GLIBCXX_3.4.29";
  CHECK(bench.judge(facts, check_elf_versions).empty());
  CHECK(bench.undecided.size() == 1);
  // Of a library that is not there, elf-needed speaks.
  facts.needed = {"libnone.so.1"};
  facts.version_needs.front().library = "libnone.so.1";
  CHECK(bench.judge(facts, check_elf_versions).empty());
  CHECK(bench.undecided.empty());
}
