#include "tree/path_table.hpp"

#include "tree/entry.hpp"

#include <catch2/catch.hpp>

#include <thread>
#include <vector>

namespace rockstage::tree {
namespace {

TEST_CASE("tree: a path has one id, whichever way it is interned", "[tree]") {
  PathTable paths;
  const auto lib = paths.intern("usr/lib");
  const auto usr = paths.find("usr");
  CHECK(paths.intern("usr/lib") == lib);
  CHECK(paths.intern(usr, "lib") == lib);
  CHECK(paths.find("usr/lib") == lib);
  CHECK(paths.find(usr, "lib") == lib);
  CHECK(paths.intern("") == kRoot);
  CHECK(paths.find("") == kRoot);
  CHECK(paths.size() == 3);
}

TEST_CASE("tree: what was never interned is not found", "[tree]") {
  PathTable paths;
  const auto lib = paths.intern("usr/lib");
  CHECK(paths.find("lib") == kNoPath);
  CHECK(paths.find("usr/li") == kNoPath);
  CHECK(paths.find("usr/lib/x") == kNoPath);
  CHECK(paths.find("none/lib/x") == kNoPath);
  CHECK(paths.find(lib, "lib") == kNoPath);
  CHECK(paths.size() == 3);
}

TEST_CASE("tree: a path knows its name, its text and what it is below", "[tree]") {
  PathTable paths;
  const auto file = paths.intern("usr/lib/a.so");
  const auto lib = paths.find("usr/lib");
  const auto other = paths.intern("usr/lib64");
  CHECK(paths.name(file) == "a.so");
  CHECK(paths.text(file) == "usr/lib/a.so");
  CHECK(paths.text(kRoot).empty());
  CHECK(paths.name(kRoot).empty());
  CHECK(paths.parent(file) == lib);
  CHECK(paths.parent(kRoot) == kRoot);
  CHECK(lib < file);
  CHECK(paths.is_below(file, lib));
  CHECK(paths.is_below(file, kRoot));
  CHECK(paths.is_below(lib, lib));
  CHECK_FALSE(paths.is_below(other, lib));
  CHECK_FALSE(paths.is_below(lib, file));
}

TEST_CASE("tree: names are any bytes of any length", "[tree]") {
  PathTable paths;
  const std::string bytes("\xff\0\n ", 4);
  const std::string name(70'000, 'n');
  const auto odd = paths.intern(bytes + "/x");
  const auto long_one = paths.intern(kRoot, name);
  CHECK(paths.text(odd) == bytes + "/x");
  CHECK(paths.name(long_one) == name);
  CHECK(paths.find(name) == long_one);
}

TEST_CASE("tree: a hundred thousand paths are all found again", "[tree]") {
  PathTable paths;
  std::vector<PathId> ids;
  for (int i = 0; i < 100'000; ++i)
    ids.push_back(paths.intern("d" + std::to_string(i % 100) + "/e" + std::to_string(i % 1000)
                               + "/f" + std::to_string(i)));
  for (std::size_t i = 0; i < ids.size(); i += 997) {
    CHECK(paths.find(paths.text(ids[i])) == ids[i]);
    CHECK(paths.name(ids[i]) == "f" + std::to_string(i));
  }
  CHECK(paths.size() == 1 + 100 + 1000 + 100'000);
}

TEST_CASE("tree: several threads may intern the same paths", "[tree]") {
  PathTable paths;
  constexpr int kPaths = 3000;
  std::vector<std::vector<PathId>> ids(4);
  std::vector<std::thread> threads;
  for (auto& mine : ids)
    threads.emplace_back([&paths, &mine] {
      for (int i = 0; i < kPaths; ++i)
        mine.push_back(paths.intern("a/b" + std::to_string(i)));
    });
  for (auto& thread : threads)
    thread.join();
  CHECK(paths.size() == 2 + kPaths);
  for (const auto& mine : ids)
    CHECK(mine == ids.front());
}

TEST_CASE("tree: link targets are kept as they were", "[tree]") {
  TextTable texts;
  const auto a = texts.add("../lib/x");
  const auto empty = texts.add("");
  const auto b = texts.add("/etc");
  CHECK(texts.text(a) == "../lib/x");
  CHECK(texts.text(empty).empty());
  CHECK(texts.text(b) == "/etc");
  CHECK(texts.text(kNoText).empty());
}

}  // namespace
}  // namespace rockstage::tree
