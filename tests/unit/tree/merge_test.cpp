#include "tree/merge.hpp"

#include "base/rules.hpp"
#include "tree/resolve.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>

namespace rockstage::tree {
namespace {

/// A member: "d usr", "f usr/x", "l bin usr/bin" (symbolic link), "h b a" (hard link).
using Members = std::vector<std::string>;

struct Merged {
  Subject subject;

  Merged(const Merged&) = delete;

  explicit Merged(const std::vector<Members>& layers, SubjectKind kind = SubjectKind::oci_layout) {
    subject.kind = kind;
    auto& platform = subject.platforms.emplace_back();
    for (const auto& members : layers) {
      platform.layers.push_back(
          {.listing = subject.listings.size(), .digest = {}, .created_by = {}, .size = 0});
      auto& listing = subject.listings.emplace_back();
      for (const auto& member : members)
        listing.entries.push_back(entry(member));
    }
    merge(subject, platform);
  }

  Entry entry(const std::string& member) const {
    const auto space = member.find(' ', 2);
    Entry out;
    out.path = subject.paths->intern(member.substr(2, space - 2));
    const auto target = space == std::string::npos ? std::string() : member.substr(space + 1);
    if (member[0] == 'd') out.kind = EntryKind::directory;
    if (member[0] == 'l') {
      out.kind = EntryKind::symlink;
      out.target = subject.links->add(target);
    }
    if (member[0] == 'h') {
      out.kind = EntryKind::hardlink;
      out.target = subject.paths->intern(target);
    }
    return out;
  }

  const View& view() const { return subject.platforms.front().view; }

  /// "usr/x@1": what is seen, and of which layer.
  std::vector<std::string> seen() const {
    std::vector<std::string> out;
    for (const auto& node : view().nodes())
      out.push_back(subject.paths->text(node.path) + "@" + std::to_string(node.origin.layer));
    return out;
  }

  std::vector<std::string> hidden() const {
    std::vector<std::string> out;
    for (const auto& hidden : view().hidden())
      out.push_back(subject.paths->text(hidden.path)
                    + (hidden.replaced ? " replaced by " : " removed by ")
                    + std::to_string(hidden.by));
    std::sort(out.begin(), out.end());
    return out;
  }

  std::vector<std::string> rules() const {
    std::vector<std::string> out;
    for (const auto& finding : subject.platforms.front().anomalies)
      out.push_back(finding.rule);
    std::sort(out.begin(), out.end());
    return out;
  }
};

using Texts = std::vector<std::string>;

TEST_CASE("merge: what is seen is sorted by the bytes of its path", "[tree]") {
  const Merged merged(std::vector<Members>{{"f a/b", "f a-b", "f a.b/c", "f a0"}});
  CHECK(merged.seen() == Texts{"a@0", "a-b@0", "a.b@0", "a.b/c@0", "a/b@0", "a0@0"});
  CHECK(merged.view().at(merged.subject.paths->find("a")).implied());
}

TEST_CASE("merge: a whiteout removes what lower layers have, with all below it", "[tree]") {
  const Merged merged(
      {{"d usr", "d usr/rust", "f usr/rust/cargo", "f usr/keep"}, {"f usr/.wh.rust"}});
  CHECK(merged.seen() == Texts{"usr@0", "usr/keep@0"});
  CHECK(merged.hidden() == Texts{"usr/rust removed by 1", "usr/rust/cargo removed by 1"});
  CHECK(merged.rules().empty());
}

TEST_CASE("merge: the place of a whiteout in its layer does not matter, and is noted", "[tree]") {
  const Members lower{"f a"};
  const Merged before(std::vector<Members>{lower, {"f .wh.a", "f a"}});
  const Merged after(std::vector<Members>{lower, {"f a", "f .wh.a"}});
  CHECK(before.seen() == Texts{"a@1"});
  CHECK(after.seen() == Texts{"a@1"});
  const Texts both{rules::image_engine_difference, rules::image_layer_order};
  CHECK(before.rules() == both);
  CHECK(after.rules() == both);
}

TEST_CASE("merge: an opaque directory hides its lower children wherever the mark stands",
          "[tree]") {
  const Members lower{"d a", "f a/old", "f a/both"};
  const Merged first(
      std::vector<Members>{lower, {"d a", "f a/.wh..wh..opq", "f a/new", "f a/both"}});
  const Merged last(
      std::vector<Members>{lower, {"d a", "f a/new", "f a/both", "f a/.wh..wh..opq"}});
  CHECK(first.seen() == Texts{"a@1", "a/both@1", "a/new@1"});
  CHECK(last.seen() == first.seen());
  CHECK(last.hidden() == Texts{"a/both removed by 1", "a/old removed by 1"});
}

TEST_CASE("merge: names of whiteouts that name nothing are findings", "[tree]") {
  const Merged merged(std::vector<Members>{{"f a"}, {"f .wh.", "f .wh..", "f .wh..."}});
  CHECK(merged.seen() == Texts{"a@0"});
  CHECK(merged.rules() == Texts(3, rules::archive_path));
}

TEST_CASE("merge: AUFS' own files are not seen, and can be linked to", "[tree]") {
  const Merged merged(
      std::vector<Members>{{"d .wh..wh.plnk", "f .wh..wh.plnk/12.34", "h a .wh..wh.plnk/12.34"}});
  CHECK(merged.seen() == Texts{"a@0"});
  CHECK(merged.rules().empty());
}

TEST_CASE("merge: an entry below a link of a lower layer lands where it leads", "[tree]") {
  const Merged merged(
      {{"d usr", "d usr/bin", "l bin usr/bin", "l sbin /bin"}, {"f bin/rustc", "f sbin/cargo"}});
  CHECK(merged.view().at(merged.subject.paths->find("usr/bin/rustc")).layer == 1);
  CHECK(merged.view().at(merged.subject.paths->find("bin")).layer == 0);
  CHECK_FALSE(merged.view().at(merged.subject.paths->find("bin/rustc")).present());
  CHECK(merged.rules().at(0) == rules::image_engine_difference);
}

TEST_CASE("merge: links that go round are a finding, and end", "[tree]") {
  const Merged merged(std::vector<Members>{{"l a b", "l b a", "f a/x"}});
  CHECK(merged.seen() == Texts{"a@0", "b@0"});
  CHECK(merged.rules() == Texts{rules::archive_path});
}

TEST_CASE("merge: links never lead out of the root", "[tree]") {
  const Merged merged(std::vector<Members>{{"l up ../../..", "f up/x"}});
  CHECK(merged.seen() == Texts{"up@0", "x@0"});
}

TEST_CASE("merge: hard links are the file that they name", "[tree]") {
  const Merged merged(
      {{"f a", "l s a"}, {"h b a", "h c s", "h late last", "f last", "h bad none"}});
  const auto at = [&](const char* path) {
    return merged.view().at(merged.subject.paths->find(path));
  };
  CHECK(at("b").layer == 0);
  CHECK(at("b").entry == 0);
  CHECK(at("c").entry == 1);
  CHECK(at("late").entry == at("last").entry);
  CHECK_FALSE(at("bad").present());
  const auto rules = merged.rules();
  CHECK(std::count(rules.begin(), rules.end(), rules::archive_path) == 1);
  CHECK(std::count(rules.begin(), rules.end(), rules::image_engine_difference) == 3);
}

TEST_CASE("merge: a directory over a directory keeps what is in it, all else replaces", "[tree]") {
  CHECK(Merged(std::vector<Members>{{"d a", "f a/x"}, {"d a"}}).seen() == Texts{"a@1", "a/x@0"});
  const Merged file(std::vector<Members>{{"d a", "f a/x"}, {"f a"}});
  CHECK(file.seen() == Texts{"a@1"});
  CHECK(file.hidden() == Texts{"a replaced by 1", "a/x replaced by 1"});
  CHECK(Merged(std::vector<Members>{{"f a"}, {"d a", "f a/x"}}).seen() == Texts{"a@1", "a/x@1"});
}

TEST_CASE("merge: the root can only be a directory", "[tree]") {
  CHECK(Merged(std::vector<Members>{{"l  /etc", "f a"}}).rules() == Texts{rules::archive_path});
  CHECK(Merged(std::vector<Members>{{"d ", "f a"}}).rules().empty());
}

TEST_CASE("merge: in a tarball whiteouts are names, and links are not followed", "[tree]") {
  const Merged merged(std::vector<Members>{{"f .wh.a", "f a", "l l d", "d d", "f l/x"}},
                      SubjectKind::tarball);
  CHECK(merged.seen() == Texts{".wh.a@0", "a@0", "d@0", "l@0", "l/x@0"});
  CHECK(merged.rules() == Texts{rules::archive_ambiguous});
}

TEST_CASE("merge: layers that remove and write one tree again and again take linear time",
          "[tree]") {
  Members tree;
  for (int i = 0; i < 2000; ++i)
    tree.push_back("f a/" + std::to_string(i));
  std::vector<Members> layers{tree};
  for (int i = 0; i < 500; ++i)
    layers.push_back({"f .wh.a"});
  const Merged merged(layers);
  CHECK(merged.seen().empty());
  CHECK(merged.hidden().size() == 2000);
}

}  // namespace
}  // namespace rockstage::tree
