#include "tree/resolve.hpp"

#include "tree/merge.hpp"

#include <catch2/catch.hpp>

namespace rockstage::tree {
namespace {

void add(Subject& subject, EntryKind kind, const char* path, const char* target = nullptr) {
  Entry entry;
  entry.kind = kind;
  entry.path = subject.paths->intern(path);
  if (target != nullptr) entry.target = subject.links->add(target);
  subject.listings.front().entries.push_back(entry);
}

Subject made() {
  Subject subject;
  subject.kind = SubjectKind::tarball;
  subject.listings.emplace_back();
  add(subject, EntryKind::file, "usr/lib/x.so");
  add(subject, EntryKind::symlink, "lib", "usr/lib");
  add(subject, EntryKind::symlink, "usr/lib/y.so", "/lib/x.so");
  add(subject, EntryKind::symlink, "round", "round");
  add(subject, EntryKind::symlink, "gone", "nowhere");
  auto& platform = subject.platforms.emplace_back();
  platform.layers.push_back({.listing = 0, .digest = {}, .created_by = {}, .size = 0});
  merge(subject, platform);
  return subject;
}

TEST_CASE("resolve: links lead inside the root, absolute ones too", "[tree]") {
  const auto subject = made();
  const Resolver resolver(subject, subject.platforms.front());
  const auto x = subject.paths->find("usr/lib/x.so");
  for (const auto* path :
       {"usr/lib/x.so", "/lib/x.so", "lib/../lib/x.so", "/../lib/y.so", "lib//./y.so"})
    CHECK(resolver.resolve(path) == x);
  CHECK(resolver.resolve_parent("lib/y.so") == subject.paths->find("usr/lib/y.so"));
  CHECK(resolver.entry(x)->kind == EntryKind::file);
  CHECK(resolver.entry(subject.paths->find("usr")) == nullptr);
}

TEST_CASE("resolve: what is not there, goes round or lies below a file is nothing", "[tree]") {
  const auto subject = made();
  const Resolver resolver(subject, subject.platforms.front());
  for (const auto* path :
       {"none", "gone", "round", "usr/lib/x.so/z", "usr/lib/x.so/..", "none/../lib"})
    CHECK(resolver.resolve(path) == kNoPath);
}

}  // namespace
}  // namespace rockstage::tree
