#include "source/rock_file.hpp"

#include "base/text.hpp"
#include "digest/digest.hpp"
#include "project.hpp"
#include "rock/manifest.hpp"
#include "support/tar_builder.hpp"
#include "support/zip_builder.hpp"

#include <map>

namespace rockstage::source {
namespace {

using test::ZipBuilder;
using Files = std::map<std::string, std::string>;

const std::string kRockspec =
    "package = 'Kit'\nversion = '1.0-1'\nsource = { url = 'git+https://example.org/kit.git' }\n"
    "build = { type = 'builtin', modules = { kit = 'kit.lua' } }\n";

/// A binary rock as `luarocks pack` would make it; a test spoils one thing of it.
struct BinaryRockFile {
  Files files = {{"kit-1.0-1.rockspec", kRockspec},
                 {"lua/kit.lua", "return 1\n"},
                 {"bin/kit", "#!/usr/bin/env lua\n"},
                 {"doc/run.sh", "#!/bin/sh\n"},
                 {"doc/README", "text\n"}};
  std::map<std::string, std::uint32_t> modes = {{"bin/kit", 0100755}, {"doc/run.sh", 0100755}};
  rock::RockManifest manifest;
  Files unlisted;  ///< beside what the manifest lists
  std::string name = "kit-1.0-1.all.rock";

  BinaryRockFile() {
    for (const auto& [file, text] : files)
      manifest[file] = digest::hex(digest::Algorithm::md5, text);
  }

  [[nodiscard]] std::string zip() const {
    ZipBuilder out;
    out.directory("lua/");
    auto all = files;
    all.insert(unlisted.begin(), unlisted.end());
    if (!manifest.empty()) all["rock_manifest"] = rock::write_rock_manifest(manifest);
    for (const auto& [file, text] : all)
      out.file(file, text, modes.contains(file) ? modes.at(file) : 0100644);
    return out.str();
  }
};

/// Rock files in a project's directory, opened with a place to unpack them.
struct Shelf : Project {
  Shelf() {
    request.scratch = sys::absolute(scratch.path()) + "/room";
    REQUIRE(sys::make_directories(request.scratch));
  }

  std::string put_rock(const BinaryRockFile& rock) {
    put(rock.name, rock.zip());
    request.argument = path(rock.name);
    return request.argument;
  }

  /// The error without the path of the rock.
  std::string error_of(const BinaryRockFile& rock) {
    const auto file = put_rock(rock);
    const auto found = error();
    CHECK(found.code == Errc::invalid_input);
    REQUIRE(sys::remove_all(request.scratch));
    REQUIRE(sys::make_directories(request.scratch));
    return text::replace_all(found.message, file, "ROCK");
  }
};

TEST_CASE("source: the name of a rock file says name, version and machine", "[source]") {
  const auto name = parse_rock_file_name("dir/lua-cjson-2.1.0.10-1.linux-x86_64.rock");
  REQUIRE(name);
  CHECK(name->name == "lua-cjson");
  CHECK(name->version == "2.1.0.10-1");
  CHECK(name->arch == "linux-x86_64");
  CHECK(parse_rock_file_name("kit-scm-1.src.rock")->arch == "src");
  for (const char* bad : {"kit.rock",
                          "kit-1.0-1.rock",
                          "kit-1.0.all.rock",
                          "kit-1.all.rock",
                          "-1.0-1.all.rock",
                          "kit--1.all.rock",
                          "kit-1.0-x.all.rock",
                          "kit-1.0-1..rock",
                          ".rock"}) {
    const auto found = parse_rock_file_name(bad);
    REQUIRE_FALSE(found);
    CHECK(found.error().code == Errc::invalid_input);
    CHECK(found.error().message == "'" + std::string(bad) + "' is not named as a rock file is");
  }
}

TEST_CASE("source: a binary rock is unpacked with its files and their final modes", "[source]") {
  Shelf shelf;
  BinaryRockFile file;
  file.unlisted["rock_namespace"] = "someone";
  shelf.put_rock(file);
  const auto rock = shelf.must_open();
  REQUIRE(rock.binary);
  CHECK(rock.binary->arch == "all");
  CHECK(rock.binary->file == shelf.path("kit-1.0-1.all.rock"));
  CHECK(rock.spec.name == "kit");
  CHECK(rock.files
        == std::vector<std::string>{
            "bin/kit", "doc/README", "doc/run.sh", "kit-1.0-1.rockspec", "lua/kit.lua"});
  const auto mode = [&rock](const std::string& name) {
    return sys::status(rock.directory + "/" + name)->mode;
  };
  CHECK(mode("bin/kit") == 0755);
  CHECK(mode("doc/run.sh") == 0755);
  CHECK(mode("doc/README") == 0644);
  CHECK(mode("lua/kit.lua") == 0644);
}

TEST_CASE("source: where an archive marks every file as a program, documents are none",
          "[source]") {
  Shelf shelf;
  BinaryRockFile file;
  for (const auto& [name, text] : file.files)
    file.modes[name] = 0755;
  shelf.put_rock(file);
  const auto rock = shelf.must_open();
  CHECK(sys::status(rock.directory + "/doc/README")->mode == 0644);
  CHECK(sys::status(rock.directory + "/kit-1.0-1.rockspec")->mode == 0644);
  CHECK(sys::status(rock.directory + "/bin/kit")->mode == 0755);
}

TEST_CASE("source: a binary rock is held against its rock_manifest", "[source]") {
  Shelf shelf;
  BinaryRockFile changed;
  changed.files["lua/kit.lua"] = "return 2\n";
  CHECK(shelf.error_of(changed) == "'ROCK': 'lua/kit.lua' is not as its rock_manifest says");
  BinaryRockFile more;
  more.unlisted["lua/more.lua"] = "";
  CHECK(shelf.error_of(more) == "'ROCK': its rock_manifest does not list 'lua/more.lua'");
  BinaryRockFile fewer;
  fewer.files.erase("doc/README");
  CHECK(shelf.error_of(fewer)
        == "'ROCK': its rock_manifest lists 'doc/README', which is not in it");
  BinaryRockFile none;
  none.manifest.clear();
  CHECK(shelf.error_of(none) == "'ROCK': it holds no rock_manifest");
  BinaryRockFile code;
  code.manifest.clear();
  code.unlisted["rock_manifest"] = "rock_manifest = os.getenv 'HOME'\n";
  CHECK(contains(shelf.error_of(code), "rock_manifest"));
}

TEST_CASE("source: name, version and rockspec of a binary rock agree", "[source]") {
  Shelf shelf;
  BinaryRockFile other;
  other.name = "kit-1.1-1.all.rock";
  CHECK(shelf.error_of(other)
        == "'ROCK': it holds 'kit-1.0-1.rockspec', and by its name 'kit-1.1-1.rockspec'");
  BinaryRockFile none;
  none.files.erase("kit-1.0-1.rockspec");
  none.manifest.erase("kit-1.0-1.rockspec");
  CHECK(shelf.error_of(none) == "'ROCK': it holds no 'kit-1.0-1.rockspec'");
  // The rockspec itself says another version than both names.
  BinaryRockFile lies;
  auto& spec = lies.files["kit-1.0-1.rockspec"];
  spec = text::replace_all(spec, "1.0-1", "2.0-1");
  lies.manifest["kit-1.0-1.rockspec"] = digest::hex(digest::Algorithm::md5, spec);
  CHECK(contains(shelf.error_of(lies), "kit-1.0-1.rockspec"));
}

TEST_CASE("source: hostile binary rocks are refused, and nothing is written outside", "[source]") {
  Shelf shelf;
  const auto error_with = [&shelf](const ZipBuilder& zip) {
    shelf.put("kit-1.0-1.all.rock", zip.str());
    const auto found = shelf.error(shelf.path("kit-1.0-1.all.rock"));
    CHECK(found.code == Errc::invalid_input);
    CHECK(sys::list_directory(shelf.scratch.path())->size() == 2);  // kit, room
    return text::replace_all(found.message, shelf.path("kit-1.0-1.all.rock"), "ROCK");
  };
  CHECK(error_with(ZipBuilder().file("../evil", "x"))
        == "'ROCK': '../evil' is a name that leads out of the archive");
  CHECK(error_with(ZipBuilder().file("/tmp/evil", "x"))
        == "'ROCK': '/tmp/evil' is a name that leads out of the archive");
  CHECK(error_with(ZipBuilder().link("lua", "/tmp")) == "'ROCK': 'lua' is a link");
  CHECK(error_with(ZipBuilder().file("lua/a.lua", "1").file("lua/a.lua", "2"))
        == "'ROCK': 'lua/a.lua' is in the archive twice");
  CHECK(error_with(ZipBuilder().file("dev", "", 0020644))
        == "'ROCK': 'dev' is neither file nor directory nor link");
  shelf.put("kit-1.0-1.all.rock", "no zip at all");
  CHECK(contains(shelf.error(shelf.path("kit-1.0-1.all.rock")).message, "it is no zip"));
}

TEST_CASE("source: rock files are taken only where there is a place for them", "[source]") {
  Shelf shelf;
  shelf.put_rock(BinaryRockFile());
  shelf.request.scratch.clear();
  const auto found = shelf.error();
  CHECK(found.code == Errc::unsupported);
  CHECK(contains(found.message, "this command takes no rock files"));
  shelf.request.scratch = shelf.scratch.path() + "/room";
  CHECK(shelf.error("nothing-1.0-1.all.rock").code == Errc::not_found);
}

std::string source_rockspec(const std::string& source) {
  return "package = 'kit'\nversion = '1.0-1'\nsource = { " + source
         + " }\nbuild = { type = 'builtin', modules = { kit = 'kit.lua' } }\n";
}

/// The directory in which the sources of a source rock are found, below the place for them.
std::string sources_of(Shelf& shelf, const ZipBuilder& zip) {
  REQUIRE(sys::remove_all(shelf.request.scratch));
  REQUIRE(sys::make_directories(shelf.request.scratch));
  shelf.put("kit-1.0-1.src.rock", zip.str());
  shelf.request.argument = shelf.path("kit-1.0-1.src.rock");
  const auto rock = shelf.open();
  if (!rock) return text::replace_all(rock.error().message, shelf.request.argument, "ROCK");
  CHECK_FALSE(rock->binary);
  CHECK(test::get(rock->directory + "/kit.lua") == "return 1\n");
  return sys::relative_to(rock->directory, sys::absolute(shelf.request.scratch));
}

TEST_CASE("source: a source rock is opened where its sources are", "[source]") {
  Shelf shelf;
  const auto with =
      [&shelf](const std::string& source, const std::string& archive, const std::string& bytes) {
        return sources_of(
            shelf,
            ZipBuilder().file("kit-1.0-1.rockspec", source_rockspec(source)).file(archive, bytes));
      };
  const auto tar = test::gzip_stored(
      test::TarBuilder().directory("kit-1.0/").file("kit-1.0/kit.lua", "return 1\n").str());
  const auto zip = ZipBuilder().file("odd/kit.lua", "return 1\n").str();
  CHECK(with("url = 'https://example.org/kit-1.0.tar.gz'", "kit-1.0.tar.gz", tar)
        == "sources/kit-1.0");
  CHECK(with("url = 'https://example.org/kit-1.0.zip'", "kit-1.0.zip", zip) == "sources/odd");
  CHECK(with("url = 'https://example.org/v1', file = 'kit.zip', dir = 'odd'", "kit.zip", zip)
        == "sources/odd");
  CHECK(with("url = 'https://example.org/kit.lua'", "kit.lua", "return 1\n") == "rock");
  CHECK(with("url = 'git+https://example.org/kit.git'", "kit/kit.lua", "return 1\n") == "rock/kit");
  CHECK(with("url = 'https://example.org/kit-1.0.zip', dir = 'none'", "kit-1.0.zip", zip)
        == "'ROCK': source.dir: there is no directory 'none' in it");
  CHECK(with("url = 'cvs://example.org/kit', module = '../..'", "kit-1.0.zip", zip)
        == "'ROCK': source.dir: '../..' leads out of the rock");
  CHECK(with("url = 'https://example.org/kit-1.0.zip', md5 = '00000000000000000000000000000000'",
             "kit-1.0.zip",
             zip)
        == "'ROCK': 'kit-1.0.zip' does not match source.md5");
  CHECK(with("url = 'https://example.org/kit-1.0.zip'", "kit-1.0.zip", zip.substr(0, 40))
        == "'ROCK/kit-1.0.zip': the zip has no end: it is cut off, or followed by something else");
}

TEST_CASE("source: nobody asks git about what lies in a rock", "[source]") {
  Shelf shelf;
  const auto hook = shelf.scratch.path() + "/ran";
  CHECK(sources_of(shelf,
                   ZipBuilder()
                       .file("kit-1.0-1.rockspec",
                             source_rockspec("url = 'git+https://example.org/kit.git'"))
                       .file("kit/kit.lua", "return 1\n")
                       .file("kit/.git/HEAD", "ref: refs/heads/main\n")
                       .file("kit/.git/config", "[core]\n fsmonitor = touch " + hook + "\n")
                       .directory("kit/.git/refs/")
                       .directory("kit/.git/objects/"))
        == "rock/kit");
  CHECK_FALSE(sys::exists(hook));
}

}  // namespace
}  // namespace rockstage::source
