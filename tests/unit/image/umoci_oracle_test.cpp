#include "image/open.hpp"
#include "support/image_builder.hpp"
#include "support/support.hpp"
#include "tree/resolve.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <cstdlib>
#include <sstream>

namespace rockstage::image {
namespace {

using test::TarBuilder;

class Blind final : public tree::Visitor {
 public:
  Result<void> file(const tree::PassingFile&, tree::ByteSource&) override { return {}; }
};

/// "usr/a file 0644 3", "bin link usr/bin": what both must agree on.
std::vector<std::string> seen(const std::string& path) {
  test::FakeProcessRunner processes;
  test::FakeTerminal terminal;
  sys::Progress progress(terminal, sys::ProgressMode::off);
  std::ostringstream out;
  Io io{processes, {}, terminal, progress, out};
  const auto reader = open_subject(path, io);
  REQUIRE(reader);
  Blind visitor;
  const auto subject = (*reader)->read(visitor, {});
  REQUIRE(subject);
  const tree::Resolver resolver(*subject, subject->platforms.at(0));
  std::vector<std::string> lines;
  for (const auto& node : subject->platforms[0].view.nodes()) {
    const auto* entry = resolver.entry(node.origin);
    const auto name = subject->paths->text(node.path);
    if (entry == nullptr || entry->kind == tree::EntryKind::directory)
      lines.push_back(
          fmt::format("{} directory {:04o}", name, entry == nullptr ? 0755 : entry->mode));
    else if (entry->kind == tree::EntryKind::symlink)
      lines.push_back(fmt::format("{} link {}", name, subject->links->text(entry->target)));
    else
      lines.push_back(fmt::format("{} file {:04o} {}", name, entry->mode, entry->size));
  }
  return lines;
}

TEST_CASE("image: layers are merged as umoci unpacks them", "[image][oracle]") {
  sys::SystemProcessRunner processes;
  const auto environment = sys::Environment::current();
  if (sys::find_program("umoci", environment).empty()) {
    const auto* all = std::getenv("ROCKSTAGE_REQUIRE_ALL");
    if (all != nullptr && std::string(all) == "1") FAIL("umoci is not here");
    WARN("umoci is not here");
    return;
  }
  const auto image = test::ImageBuilder()
                         .layer(TarBuilder()
                                    .directory("usr/")
                                    .directory("usr/lib/", 0750)
                                    .file("usr/lib/a.so", "abc", 0755)
                                    .hard_link("usr/lib/b.so", "usr/lib/a.so")
                                    .symlink("lib", "usr/lib")
                                    .symlink("abs", "/usr")
                                    .directory("opaque/")
                                    .file("opaque/old", "old")
                                    .directory("gone/")
                                    .file("gone/deep/file", "x")
                                    .file("becomes-directory", "x")
                                    .directory("becomes-file/")
                                    .file("becomes-file/x", "x"))
                         .layer(TarBuilder()
                                    .file("lib/through-link", "1")
                                    .file("abs/through-absolute", "12")
                                    .hard_link("hard-to-lower", "lib/a.so")
                                    .file("opaque/new", "new")
                                    .file("opaque/.wh..wh..opq", "")
                                    .file(".wh.gone", "")
                                    .directory("becomes-directory/", 0700)
                                    .file("becomes-directory/y", "y")
                                    .file("becomes-file", "now a file", 0600)
                                    .directory("usr/lib/", 0711));
  const auto scratch = test::temp_dir();
  auto files = test::ImageBuilder::oci({image});
  auto& index = files["index.json"];
  index.insert(index.find("\"platform\""),
               R"("annotations":{"org.opencontainers.image.ref.name":"latest"},)");
  for (const auto& [name, body] : files)
    test::put(scratch.path() + "/layout/" + name, body);
  sys::Command command;
  command.argv = {"umoci", "raw", "unpack", "--rootless", "--image"};
  command.argv.push_back(scratch.path() + "/layout:latest");
  command.argv.push_back(scratch.path() + "/unpacked");
  command.env = environment;
  command.timeout_seconds = 60;
  const auto unpacked = processes.run(command);
  REQUIRE(unpacked);
  INFO(unpacked->err);
  REQUIRE(unpacked->status.ok());
  CHECK(seen(scratch.path() + "/layout") == seen(scratch.path() + "/unpacked"));
}

}  // namespace
}  // namespace rockstage::image
