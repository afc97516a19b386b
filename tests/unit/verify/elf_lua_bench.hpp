#pragma once
#include "elf/types.hpp"
#include "runtime/types.hpp"
#include "support/support.hpp"
#include "tree/directory.hpp"
#include "verify/rules/elf_rules.hpp"

#include <catch2/catch.hpp>
#include <unistd.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

// A directory that is read and judged by one profile, for the tests of the elf and lua rules.
namespace rockstage::test {

/// Debian 12 with glibc 2.36, in few words.
inline runtime::Profile glibc_profile(lua::Lua lua = lua::Lua::luajit) {
  runtime::Profile profile;
  profile.name = "test";
  profile.distro_id = "debian";
  profile.lua = lua;
  profile.version_directory = lua::version_directory(lua);
  profile.libc = {.family = "glibc", .version = "2.36", .verified = true};
  profile.platforms = {"linux/amd64"};
  profile.libraries = {
      "libc.so.6", "libm.so.6", "libdl.so.2", "libgcc_s.so.1", "ld-linux-x86-64.so.2"};
  const auto version = profile.version_directory;
  runtime::SearchPaths paths;
  paths.path = {"./?.lua",
                "/usr/local/share/lua/" + version + "/?.lua",
                "/usr/local/share/lua/" + version + "/?/init.lua",
                "/usr/share/lua/" + version + "/?.lua"};
  paths.cpath = {"./?.so",
                 "/usr/local/lib/lua/" + version + "/?.so",
                 "/usr/lib/{triplet}/lua/" + version + "/?.so"};
  paths.verified = true;
  profile.search = {{lua::is_luajit(lua) ? "luajit" : "cli", paths}};
  return profile;
}

inline runtime::Profile musl_profile() {
  auto profile = glibc_profile();
  profile.distro_id = "alpine";
  profile.libc = {.family = "musl", .version = "1.2.5", .verified = true};
  profile.libraries = {"libc.musl-x86_64.so.1", "ld-musl-x86_64.so.1"};
  return profile;
}

/// The subject and everything that a Context points to.
class Bench {
 public:
  explicit Bench(const runtime::Profile& profile = glibc_profile(), bool image = false)
      : image_(image),
        collector_(wanted(image)),
        target_(profile, "linux/amd64", std::nullopt, verify::Basis::profile) {
    // A tree is known by its directories.
    if (!image) put("share/lua/.keep", "");
  }

  void put(const std::string& path, std::string_view content) {
    test::put(directory_.path() + "/" + path, content);
  }

  void link(const std::string& path, const std::string& target) {
    REQUIRE(::symlink(target.c_str(), (directory_.path() + "/" + path).c_str()) == 0);
  }

  /// What a family of rules says of the whole.
  Findings run(void (*check)(const verify::Context&, verify::Sink&)) {
    read();
    verify::Sink sink;
    check(*context_, sink);
    undecided = sink.undecided();
    return sink.take();
  }

  /// What a family says of one object with these facts.
  Findings judge(const elf::ElfFacts& facts,
                 const std::function<void(const verify::ElfCase&)>& check) {
    read();
    verify::FileFacts of_file;
    of_file.content = verify::Content::elf;
    of_file.elf = std::make_unique<verify::ElfRecord>();
    of_file.elf->facts = facts;
    for (const auto& name : facts.exports)
      of_file.elf->symbols.add(name);
    of_file.elf->symbols.seal();
    of_file.elf->code = code;
    verify::ModuleFile file;
    file.path = "lib/lua/5.1/x.so";
    file.id = subject_.paths->intern(file.path);
    file.directory = "lib/lua/5.1";
    file.module = "x";
    file.version = "5.1";
    file.facts = &of_file;
    verify::Sink sink;
    verify::FileFindings out(*context_, file);
    check(verify::ElfCase{*context_, file, verify::needed_closure(*context_, file), out, sink});
    undecided = sink.undecided();
    return out.take();
  }

  lua::CodeFacts code;
  std::vector<verify::Sink::Undecided> undecided;

 private:
  static verify::Wanted wanted(bool image) {
    verify::Wanted wanted;
    wanted.image = image;
    return wanted;
  }

  void read() {
    auto subject = tree::open_directory(directory_.path())->read(collector_, {});
    REQUIRE(subject);
    subject_ = *std::move(subject);
    if (!image_)
      target_.set_tree({&subject_, &subject_.platforms.front(), &collector_}, "/usr/local");
    context_ = std::make_unique<verify::Context>(
        request_, subject_, subject_.platforms.front(), collector_, target_);
  }

  bool image_;
  sys::TempDir directory_ = temp_dir();
  verify::Request request_;
  verify::Collector collector_;
  verify::Target target_;
  tree::Subject subject_;
  std::unique_ptr<verify::Context> context_;
};

/// A shared object of x86-64 that glibc would take.
inline elf::ElfFacts sound_object() {
  elf::ElfFacts facts;
  facts.bits = 64;
  facts.type = 3;
  facts.machine = 62;
  facts.has_load = facts.has_dynamic = true;
  facts.load_alignment = 4096;
  facts.file_end = facts.size = 4096;
  facts.needed = {"libc.so.6"};
  facts.exports = {"luaopen_x"};
  facts.undefined = {{.name = "lua_pushnumber", .weak = false, .version = ""}};
  facts.version_needs = {{.library = "libc.so.6",
                          .version = "GLIBC_2.2.5",
                          .weak_flag = false,
                          .strong_users = {"malloc"},
                          .weak_users = {}}};
  return facts;
}

/// The findings of one rule.
inline Findings of_rule(const Findings& findings, const std::string& rule) {
  Findings out;
  for (const auto& finding : findings)
    if (finding.rule == rule) out.push_back(finding);
  return out;
}

}  // namespace rockstage::test
