#include "base/rules.hpp"
#include "smoke/smoke.hpp"
#include "support/elf_builder.hpp"
#include "support/support.hpp"
#include "sys/files.hpp"

#include <catch2/catch.hpp>

#include <csignal>

using namespace rockstage;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using Kind = smoke::Module::Kind;

// The texts of Lua and the loader are those that the real ones wrote; T stands for the tree.
namespace {

/// A tree, and a module in it that does not load.
struct Scene {
  sys::TempDir dir = test::temp_dir();
  smoke::Module module{"x", "lib/lua/5.1/x.so", Kind::native, {}};
  smoke::Launcher where;

  Scene() {
    where.runtime = "luajit (LuaJIT 2.1.0-beta3)";
    where.tree = dir.path();
  }

  void put(const std::string& path, const std::string& bytes, unsigned mode = 0644) const {
    test::put(dir.path() + "/" + path, bytes, mode);
  }

  /// What is said of Lua's message; T/ in it is the tree.
  [[nodiscard]] Finding of_error(std::string text) const {
    for (auto at = text.find("T/"); at != std::string::npos; at = text.find("T/", at + 1))
      if (at == 0 || text[at - 1] == '\'' || text[at - 1] == '\t' || text[at - 1] == ' ')
        text.replace(at, 1, dir.path());
    smoke::Attempt attempt;
    attempt.reported = true;
    attempt.error = text;
    return smoke::explain(module, attempt, where);
  }

  /// What is said of the loader's message about the module.
  [[nodiscard]] Finding of_loader(const std::string& text) const {
    return of_error("error loading module 'x' from file 'T/lib/lua/5.1/x.so':\n\t" + text);
  }

  [[nodiscard]] Finding of_end(sys::ExitStatus status, const std::string& err = {}) const {
    smoke::Attempt attempt;
    attempt.status = status;
    attempt.err = err;
    return smoke::explain(module, attempt, where);
  }
};

test::ElfSpec native() {
  test::ElfSpec spec;
  spec.exports = {"luaopen_x"};
  return spec;
}

void is(const Finding& finding, const char* rule, const std::string& message) {
  CHECK(finding.rule == rule);
  CHECK(finding.message == message);
  CHECK_FALSE(finding.message.ends_with('.'));
}

}  // namespace

TEST_CASE("smoke: smoke-load: built for another Lua, the loader names one symbol", "[smoke]") {
  Scene t;
  auto spec = native();
  spec.undefined = {"lua_newuserdatauv"};
  t.put(t.module.file, test::build_elf(spec));
  const auto finding = t.of_loader("T/lib/lua/5.1/x.so: undefined symbol: lua_newuserdatauv");
  is(finding,
     rules::smoke_load,
     "lib/lua/5.1/x.so was built for Lua 5.4 or later; the runtime is LuaJIT (5.1)");
  CHECK(finding.fix == "build it with `--lua luajit`");
  CHECK(finding.severity == Severity::error);
  CHECK(finding.path == "lib/lua/5.1/x.so");
  CHECK(std::get<std::string>(finding.evidence.at("module")) == "x");
}

TEST_CASE("smoke: smoke-load: without the file the symbol alone tells the Lua", "[smoke]") {
  Scene t;
  const auto finding = t.of_loader("T/lib/lua/5.1/x.so: undefined symbol: lua_newuserdatauv");
  CHECK_THAT(finding.message,
             StartsWith("lib/lua/5.1/x.so needs lua_newuserdatauv, which is in 5.4, 5.5"));
}

TEST_CASE("smoke: smoke-load: musl's form of an undefined symbol", "[smoke]") {
  Scene t;
  CHECK_THAT(t.of_loader("Error relocating T/lib/lua/5.1/x.so: lua_newuserdatauv: symbol not found")
                 .message,
             Contains("needs lua_newuserdatauv"));
  CHECK_THAT(t.of_loader("Symbol not found: luaopen_x").message,
             StartsWith("lib/lua/5.1/x.so has no function luaopen_x"));
}

TEST_CASE("smoke: smoke-load: an FFI library required as a module", "[smoke]") {
  Scene t;
  test::ElfSpec spec;
  spec.exports = {"scan"};
  t.put(t.module.file, test::build_elf(spec));
  is(t.of_loader("T/lib/lua/5.1/x.so: undefined symbol: luaopen_x"),
     rules::smoke_load,
     "lib/lua/5.1/x.so is an FFI library and cannot be required itself");
}

TEST_CASE("smoke: smoke-load: a luaopen_ function of another name", "[smoke]") {
  Scene t;
  test::ElfSpec spec;
  spec.exports = {"luaopen_y"};
  t.put(t.module.file, test::build_elf(spec));
  is(t.of_loader("T/lib/lua/5.1/x.so: undefined symbol: luaopen_x"),
     rules::smoke_load,
     "lib/lua/5.1/x.so exports luaopen_y, but as module x it needs luaopen_x");
}

TEST_CASE("smoke: smoke-load: a symbol that nobody has", "[smoke]") {
  Scene t;
  t.put(t.module.file, test::build_elf(native()));
  CHECK_THAT(t.of_loader("T/lib/lua/5.1/x.so: undefined symbol: frobnicate").message,
             StartsWith("lib/lua/5.1/x.so needs the function frobnicate, which neither"));
  CHECK_THAT(t.of_loader("T/lib/lua/5.1/x.so: undefined symbol: frobnicate, version V_1").message,
             Contains("the function frobnicate, which"));
}

TEST_CASE("smoke: smoke-load: a missing library, with its Debian package", "[smoke]") {
  Scene t;
  t.put(t.module.file, test::build_elf(native()));
  const auto known =
      t.of_loader("libyaml-0.so.2: cannot open shared object file: No such file or directory");
  is(known, rules::smoke_load, "lib/lua/5.1/x.so needs libyaml-0.so.2, which the runtime lacks");
  CHECK_THAT(known.fix, Contains("apt-get install libyaml-0-2"));
  const auto other =
      t.of_loader("libdep.so.1: cannot open shared object file: No such file or directory");
  CHECK_THAT(other.fix, StartsWith("install the package that has libdep.so.1"));
}

TEST_CASE("smoke: smoke-load: another machine, which glibc calls no such file", "[smoke]") {
  Scene t;
  auto spec = native();
  spec.machine = 8;  // MIPS
  t.put(t.module.file, test::build_elf(spec));
  CHECK_THAT(t.of_loader("T/lib/lua/5.1/x.so: cannot open shared object file: "
                         "No such file or directory")
                 .message,
             StartsWith("lib/lua/5.1/x.so is for mips"));
  CHECK_THAT(t.of_loader("T/lib/lua/5.1/x.so: wrong ELF class: ELFCLASS32").message,
             StartsWith("lib/lua/5.1/x.so is for mips"));
}

TEST_CASE("smoke: smoke-load: a newer glibc, and for which function", "[smoke]") {
  Scene t;
  auto spec = native();
  spec.undefined = {"pidfd_spawnp"};
  spec.version_needs = {{"libc.so.6", "GLIBC_2.39", false, {"pidfd_spawnp"}}};
  t.put(t.module.file, test::build_elf(spec));
  const auto finding = t.of_loader(
      "/lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.39' not found (required by "
      "T/lib/lua/5.1/x.so)");
  is(finding,
     rules::smoke_load,
     "lib/lua/5.1/x.so needs glibc 2.39 for pidfd_spawnp; the runtime's is older");
  CHECK(finding.fix == "build it on the runtime's distribution or an older one");
}

TEST_CASE("smoke: smoke-load: a newer version of another library", "[smoke]") {
  Scene t;
  is(t.of_loader("/lib/x86_64-linux-gnu/libstdc++.so.6: version `GLIBCXX_3.4.32' not found "
                 "(required by T/lib/lua/5.1/x.so)"),
     rules::smoke_load,
     "lib/lua/5.1/x.so needs GLIBCXX_3.4.32 of libstdc++.so.6, which the runtime's lacks");
}

TEST_CASE("smoke: smoke-load: text in the place of a library", "[smoke]") {
  Scene t;
  t.put(t.module.file, "version https://git-lfs.github.com/spec/v1\noid sha256:0\n");
  is(t.of_loader("T/lib/lua/5.1/x.so: invalid ELF header"),
     rules::smoke_load,
     "lib/lua/5.1/x.so is a Git LFS pointer, not a library");
  t.put(t.module.file, "");
  is(t.of_loader("T/lib/lua/5.1/x.so: file too short"),
     rules::smoke_load,
     "lib/lua/5.1/x.so is an empty file");
  t.put(t.module.file, "<!DOCTYPE html>");
  is(t.of_loader("Error loading shared library T/lib/lua/5.1/x.so: Exec format error"),
     rules::smoke_load,
     "lib/lua/5.1/x.so is a web page, not a library");
}

TEST_CASE("smoke: smoke-load: static TLS, noexec, an executable stack", "[smoke]") {
  Scene t;
  CHECK_THAT(t.of_loader("T/lib/lua/5.1/x.so: cannot allocate memory in static TLS block").fix,
             Contains("disable_initial_exec_tls"));
  CHECK_THAT(t.of_loader("T/lib/lua/5.1/x.so: failed to map segment from shared object").fix,
             Contains("noexec"));
  CHECK_THAT(t.of_loader("T/lib/lua/5.1/x.so: cannot enable executable stack as shared object "
                         "requires: Permission denied")
                 .fix,
             Contains("noexecstack"));
}

TEST_CASE("smoke: smoke-load: glibc's library in a musl runtime", "[smoke]") {
  Scene t;
  is(t.of_loader("Error loading shared library ld-linux-x86-64.so.2: No such file or directory "
                 "(needed by T/lib/lua/5.1/x.so)"),
     rules::smoke_load,
     "lib/lua/5.1/x.so is built for glibc, the runtime has musl");
  is(t.of_loader("Error loading shared library libgcc_s.so.1: No such file or directory "
                 "(needed by T/lib/lua/5.1/x.so)"),
     rules::smoke_load,
     "lib/lua/5.1/x.so needs libgcc_s.so.1, which the runtime lacks");
}

TEST_CASE("smoke: smoke-load: there, and unreadable for the user: Lua says no file", "[smoke]") {
  Scene t;
  t.module = {"a.b", "share/lua/5.1/a/b.lua", Kind::lua, {}};
  // The scratch directory itself is for its owner only.
  REQUIRE(sys::set_mode(t.dir.path(), 0755));
  t.put("share/lua/5.1/a/b.lua", "return 1", 0600);
  t.where.uid = 636;
  const std::string text =
      "module 'a.b' not found:\n\tno field package.preload['a.b']\n\tno file "
      "'T/share/lua/5.1/a/b.lua'";
  is(t.of_error(text),
     rules::smoke_load,
     "share/lua/5.1/a/b.lua is there, and user 636 cannot read share/lua/5.1/a/b.lua (mode 0600)");
  REQUIRE(sys::set_mode(t.dir.path() + "/share/lua/5.1/a/b.lua", 0644));
  REQUIRE(sys::set_mode(t.dir.path() + "/share/lua/5.1/a", 0700));
  is(t.of_error(text),
     rules::smoke_load,
     "share/lua/5.1/a/b.lua is there, and user 636 cannot read share/lua/5.1/a (mode 0700)");
}

TEST_CASE("smoke: smoke-load: ffi.load of a file that may not be read", "[smoke]") {
  Scene t;
  REQUIRE(sys::set_mode(t.dir.path(), 0755));
  t.put(t.module.file, test::build_elf(native()), 0600);
  t.where.uid = 636;
  CHECK_THAT(
      t.of_error("w.lua:1: T/lib/lua/5.1/x.so: cannot open shared object file: Permission denied")
          .message,
      Contains("cannot read lib/lua/5.1/x.so (mode 0600)"));
}

TEST_CASE("smoke: smoke-load: a module that the tree lacks", "[smoke]") {
  Scene t;
  t.module = {"a", "share/lua/5.1/a.lua", Kind::lua, {}};
  is(t.of_error("module 'inspect' not found:\n\tno field package.preload['inspect']"),
     rules::smoke_load,
     "share/lua/5.1/a.lua requires inspect, which is not in the tree");
  CHECK_THAT(t.of_error("module 'a' not found:\n\tno file 'x'").message,
             StartsWith("module a is not found, though share/lua/5.1/a.lua is there"));
}

TEST_CASE("smoke: smoke-load: ffi outside of LuaJIT", "[smoke]") {
  Scene t;
  t.module = {"a", "share/lua/5.4/a.lua", Kind::lua, {}};
  t.where.lua = lua::Lua::lua54;
  is(t.of_error("T/share/lua/5.4/a.lua:1: module 'ffi' not found:\n\tno field "
                "package.preload['ffi']"),
     rules::smoke_load,
     "share/lua/5.4/a.lua needs LuaJIT: it requires ffi, which Lua 5.4 does not have");
}

TEST_CASE("smoke: smoke-load: ffi.load by a name that the loader finds nowhere", "[smoke]") {
  Scene t;
  t.module = {"w", "share/lua/5.1/w.lua", Kind::lua, {}};
  const auto finding = t.of_error(
      "T/share/lua/5.1/w.lua:2: libone.so: cannot open shared object file: No such file or "
      "directory");
  CHECK_THAT(finding.message, StartsWith("share/lua/5.1/w.lua needs libone.so, which the loader"));
  CHECK_THAT(finding.fix, Contains("not package.cpath"));
}

TEST_CASE(
    "smoke: smoke-load: a wrapper that tried several places is explained by the file that is there",
    "[smoke]") {
  Scene t;
  t.module = {"w", "share/lua/5.1/w.lua", Kind::lua, {}};
  t.put("lib/lua/5.1/one.so", "<html>");
  is(t.of_error("w: the native library was not found:\n\tlibone.so: cannot open shared object "
                "file: No such file or directory\n\tT/lib/lua/5.1/one.so: invalid ELF header"),
     rules::smoke_load,
     "lib/lua/5.1/one.so is a web page, not a library");
}

TEST_CASE("smoke: smoke-load: a function that no cdef declares", "[smoke]") {
  Scene t;
  CHECK_THAT(t.of_error("T/share/lua/5.1/w.lua:9: missing declaration for symbol 'f'").message,
             Contains("no ffi.cdef declares: share/lua/5.1/w.lua:9: missing declaration"));
}

TEST_CASE("smoke: smoke-load: bytecode of another VM", "[smoke]") {
  Scene t;
  t.module = {"b", "share/lua/5.1/b.lua", Kind::lua, {}};
  t.put("share/lua/5.1/b.lua", std::string("\x1bLJ\x02", 4));
  for (const char* text : {"T/share/lua/5.1/b.lua: bad header in precompiled chunk",
                           "T/share/lua/5.1/b.lua: cannot load incompatible bytecode",
                           "T/share/lua/5.1/b.lua: bad binary format (version mismatch)"})
    is(t.of_error(std::string("error loading module 'b' from file 'T/share/lua/5.1/b.lua':\n\t")
                  + text),
       rules::smoke_load,
       "share/lua/5.1/b.lua is bytecode for LuaJIT");
}

TEST_CASE("smoke: smoke-load: luaL_checkversion refuses", "[smoke]") {
  Scene t;
  for (const char* text : {"version mismatch: app. needs 504.0, Lua core provides 505.0",
                           "core and library have incompatible numeric types",
                           "multiple Lua VMs detected"})
    is(t.of_error(text),
       rules::smoke_load,
       "lib/lua/5.1/x.so was built for another Lua than the runtime's");
}

TEST_CASE("smoke: smoke-load: syntax of a later Lua, and an error of the module's own", "[smoke]") {
  Scene t;
  t.module = {"a", "share/lua/5.1/a.lua", Kind::lua, {}};
  is(t.of_error("error loading module 'a' from file 'T/share/lua/5.1/a.lua':\n\t"
                "T/share/lua/5.1/a.lua:1: '=' expected near '//'"),
     rules::smoke_load,
     "share/lua/5.1/a.lua does not compile: share/lua/5.1/a.lua:1: '=' expected near '//'");
  is(t.of_error("T/share/lua/5.1/a.lua:3: no configuration"),
     rules::smoke_load,
     "share/lua/5.1/a.lua fails: share/lua/5.1/a.lua:3: no configuration");
}

TEST_CASE("smoke: smoke-skipped: what only a gateway has", "[smoke]") {
  Scene t;
  t.module = {"a", "share/lua/5.1/a.lua", Kind::lua, {}};
  for (const char* text :
       {"T/share/lua/5.1/a.lua:1: module 'resty.core' not found:\n\tno field",
        "T/share/lua/5.1/a.lua:1: attempt to index global 'ngx' (a nil value)",
        "T/share/lua/5.1/a.lua:1: attempt to index a nil value (global 'ngx')"}) {
    const auto finding = t.of_error(text);
    INFO(text);
    CHECK(finding.rule == rules::smoke_skipped);
    CHECK(finding.severity == Severity::warning);
    CHECK_THAT(finding.fix, Contains("--nginx"));
  }
  CHECK(t.of_loader("T/lib/lua/5.1/x.so: undefined symbol: ngx_http_lua_module").rule
        == rules::smoke_skipped);
}

TEST_CASE("smoke: not smoke-skipped: in a worker the gateway's modules must be there", "[smoke]") {
  Scene t;
  t.module = {"a", "share/lua/5.1/a.lua", Kind::lua, {}};
  t.where.paths = smoke::SearchPaths::tree_first;
  CHECK(t.of_error("module 'resty.core' not found:\n\tno field").rule == rules::smoke_load);
}

TEST_CASE("smoke: smoke-crash: a Rust panic that left a C function", "[smoke]") {
  const Scene t;
  const auto finding =
      t.of_end({0, SIGABRT},
               "\nthread '<unnamed>' (7) panicked at src/lib.rs:5:5:\nboom\nnote: run "
               "with `RUST_BACKTRACE=1` environment variable to display a backtrace\n"
               "panic in a function that cannot unwind\n"
               "thread caused non-unwinding panic. aborting.\n");
  CHECK(finding.rule == rules::smoke_crash);
  CHECK_THAT(
      finding.message,
      StartsWith("lib/lua/5.1/x.so aborts the whole process: a Rust panic left a C function: ")
          && Contains("src/lib.rs:5:5: boom") && Contains("non-unwinding panic"));
  CHECK_THAT(finding.fix, Contains("C-unwind"));
  CHECK(std::get<std::int64_t>(finding.evidence.at("signal")) == SIGABRT);
}

TEST_CASE("smoke: smoke-crash: an abort without a panic", "[smoke]") {
  const Scene t;
  const auto finding = t.of_end({0, SIGABRT}, "free(): invalid pointer\n");
  CHECK(finding.message == "lib/lua/5.1/x.so ends the whole process: killed by signal 6 (Aborted)");
  CHECK_THAT(finding.fix, Contains("free(): invalid pointer"));
}

TEST_CASE("smoke: smoke-crash: a segmentation fault, and what the file tells", "[smoke]") {
  const Scene t;
  CHECK_THAT(t.of_end({0, SIGSEGV}).message, Contains("Segmentation fault"));
  CHECK_THAT(t.of_end({0, SIGSEGV}).fix, Contains("lua-abi"));
  auto spec = native();
  spec.undefined = {"lua_newuserdatauv"};
  t.put(t.module.file, test::build_elf(spec));
  CHECK_THAT(t.of_end({0, SIGSEGV}).message, Contains("was built for Lua 5.4 or later"));
}

TEST_CASE("smoke: smoke-crash: an engine's exit code is the signal", "[smoke]") {
  const Scene t;
  CHECK_THAT(t.of_end({139, 0}).message, Contains("Segmentation fault"));
  CHECK_THAT(t.of_end({132, 0}).message, Contains("an instruction that this processor lacks"));
  CHECK_THAT(t.of_end({132, 0}).fix, Contains("target-cpu"));
  CHECK_THAT(t.of_end({137, 0}).fix, Contains("memory"));
}

TEST_CASE("smoke: smoke-crash: exit at load, with and without success", "[smoke]") {
  const Scene t;
  CHECK(t.of_end({0, 0}).rule == rules::smoke_crash);
  CHECK(t.of_end({0, 0}).message == "lib/lua/5.1/x.so ended the process: exit code 0");
  CHECK(t.of_end({3, 0}, "bye\n").message
        == "lib/lua/5.1/x.so ended the process: exit code 3 (bye)");
}

TEST_CASE("smoke: smoke-crash: no answer within the time limit", "[smoke]") {
  const Scene t;
  smoke::Attempt attempt;
  attempt.status = {0, SIGKILL};
  attempt.timed_out = true;
  attempt.seconds = 0.5;
  const auto finding = smoke::explain(t.module, attempt, t.where);
  CHECK(finding.message == "lib/lua/5.1/x.so did not come back within 0.5 s");
  CHECK_THAT(finding.fix, Contains("--timeout"));
}

TEST_CASE("smoke: smoke-crash: it loads, and the process ends as the Lua is closed", "[smoke]") {
  const Scene t;
  smoke::Attempt attempt;
  attempt.status = {0, SIGSEGV};
  attempt.reported = true;
  CHECK_THAT(smoke::explain(t.module, attempt, t.where).message, Contains("as the Lua is closed"));
}

TEST_CASE("smoke: what Lua says is bounded, and hostile texts are explained without harm",
          "[smoke]") {
  const Scene t;
  CHECK(t.of_error(std::string(100'000, 'a')).message.size() < 1000);
  for (const char* text : {"",
                           "'",
                           "module '",
                           "module '' not found",
                           "version `",
                           ": version `' not found",
                           ": cannot open shared object file: ",
                           "Error relocating : symbol not found",
                           ": undefined symbol: ",
                           "Error loading shared library ",
                           "(required by "})
    CHECK_FALSE(t.of_error(text).message.empty());
}
