#include "base/text.hpp"
#include "elf/elf_file.hpp"
#include "support/support.hpp"
#include "sys/files.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <iterator>
#include <set>
#include <sstream>

// binutils reads section headers, this reader never does: on sound libraries both must say the
// same.
namespace rockstage::elf {
namespace {

struct Said {
  std::vector<std::string> needed, versions;
  std::string soname, runpath;
  std::set<std::string> exports, undefined;
};

/// What stands between the brackets of "Shared library: [libc.so.6]".
std::string bracketed(const std::string& line) {
  const auto from = line.find('['), to = line.rfind(']');
  return from == line.npos || to == line.npos ? "" : line.substr(from + 1, to - from - 1);
}

/// In objects that are not marked as GNU's, readelf has no word for STB_GNU_UNIQUE (10): it prints
/// `<OS specific>: 10`.
void join_unique(std::vector<std::string>& words) {
  const auto at = std::ranges::find(words, "<OS");
  if (words.end() - at < 3 || *(at + 2) != "10") return;
  *at = "UNIQUE";
  words.erase(at + 1, at + 3);
}

void note_symbol(std::vector<std::string> words, Said& said) {
  join_unique(words);
  constexpr std::size_t kBinding = 4, kSection = 6, kName = 7;
  if (words.size() <= kName) return;
  const auto& binding = words[kBinding];
  if (binding != "GLOBAL" && binding != "WEAK" && binding != "UNIQUE") return;
  const auto& name = words[kName];
  if (words[kSection] == "UND")
    said.undefined.insert(name + (binding == "WEAK" ? " weak" : ""));
  else
    said.exports.insert(name.substr(0, name.find('@')));
}

Said parse(const std::string& text) {
  Said said;
  std::string line, library;
  bool needs = false;
  for (std::istringstream lines(text); std::getline(lines, line);) {
    std::istringstream stream(line);
    const std::vector<std::string> words{std::istream_iterator<std::string>(stream), {}};
    if (line.starts_with("Version ")) needs = line.starts_with("Version needs");
    if (words.size() < 3) continue;
    if (words[1] == "(NEEDED)") said.needed.push_back(bracketed(line));
    if (words[1] == "(SONAME)") said.soname = bracketed(line);
    if (words[1] == "(RUNPATH)") said.runpath = bracketed(line);
    const auto file = std::ranges::find(words, "File:");
    if (needs && file != words.end()) library = *std::next(file);
    if (needs && words[1] == "Name:") said.versions.push_back(library + " " + words[2]);
    note_symbol(words, said);
  }
  return said;
}

std::optional<Said> readelf(const std::string& path) {
  sys::Command command;
  command.env = sys::Environment::current();
  command.env.set("LC_ALL", "C");
  command.cwd = "/";
  command.argv = {"readelf", "-dW", "-VW", "--dyn-syms", path};
  if (sys::find_program("readelf", command.env).empty()) return std::nullopt;
  const auto result = sys::SystemProcessRunner().run(command);
  if (!result || !result->status.ok()) return std::nullopt;
  return parse(result->out);
}

Said ours(const ElfFacts& facts) {
  Said said;
  said.needed = facts.needed;
  said.soname = facts.soname;
  said.runpath = facts.runpath.value_or("");
  said.exports = {facts.exports.begin(), facts.exports.end()};
  for (const auto& need : facts.version_needs)
    said.versions.push_back(need.library + " " + need.version);
  for (const auto& symbol : facts.undefined)
    said.undefined.insert(symbol.name + (symbol.version.empty() ? "" : "@" + symbol.version)
                          + (symbol.weak ? " weak" : ""));
  return said;
}

std::vector<std::string> libraries(std::size_t most) {
  std::vector<std::string> out;
  for (const char* folder : {"/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"})
    for (const auto& name : sys::list_directory(folder).value_or(std::vector<std::string>())) {
      const auto path = std::string(folder) + "/" + name;
      if (name.find(".so.") == name.npos || !sys::is_file(path) || out.size() == most) continue;
      if (sys::status_followed(path)->size < (1 << 20)) out.push_back(path);
    }
  return out;
}

TEST_CASE("elf: libraries of this system are read as readelf does", "[elf]") {
  for (const auto& path : libraries(40)) {
    CAPTURE(path);
    const auto bytes = test::get(path);
    const auto theirs = readelf(path);
    if (!theirs || !looks_like_elf(bytes)) continue;
    const auto facts = read_elf(bytes);
    REQUIRE(facts);
    const auto said = ours(*facts);
    CHECK(said.needed == theirs->needed);
    CHECK(said.versions == theirs->versions);
    CHECK(said.soname == theirs->soname);
    CHECK(said.runpath == theirs->runpath);
    CHECK(said.exports == theirs->exports);
    CHECK(said.undefined == theirs->undefined);
  }
}

}  // namespace
}  // namespace rockstage::elf
