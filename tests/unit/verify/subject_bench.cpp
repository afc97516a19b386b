#include "subject_bench.hpp"

#include "runtime/profiles.hpp"
#include "support/elf_builder.hpp"
#include "tree/merge.hpp"

#include <catch2/catch.hpp>

namespace rockstage::verify::test {
namespace {

/// Gives a text in pieces of at most 1000 bytes, so that parts meet.
class TextSource final : public tree::ByteSource {
 public:
  explicit TextSource(std::string_view text) : rest_(text) {}

  Result<std::span<const std::byte>> next() override {
    const auto piece = rest_.substr(0, 1000);
    rest_.remove_prefix(piece.size());
    return std::as_bytes(std::span(piece));
  }

 private:
  std::string_view rest_;
};

tree::Entry entry_of(const Member& member, tree::Subject& subject) {
  tree::Entry entry;
  entry.path = subject.paths->intern(member.path);
  entry.kind = member.kind;
  entry.mode = member.mode;
  entry.uid = member.uid;
  entry.gid = member.gid;
  if (member.kind == tree::EntryKind::file) entry.size = member.content.size();
  if (member.kind == tree::EntryKind::symlink) entry.target = subject.links->add(member.target);
  if (member.kind == tree::EntryKind::hardlink) entry.target = subject.paths->intern(member.target);
  return entry;
}

}  // namespace

Member program(std::string path, std::string content) {
  return {std::move(path), std::move(content), 0755};
}

Member directory(std::string path, std::uint16_t mode) {
  return {std::move(path), {}, mode, tree::EntryKind::directory};
}

Member link(std::string path, std::string target) {
  return {std::move(path), {}, 0777, tree::EntryKind::symlink, std::move(target)};
}

Result<tree::Subject> Bench::read(tree::Visitor& visitor, const tree::ReadOptions& /*options*/) {
  tree::Subject subject;
  subject.kind = kind;
  subject.anomalies = subject_anomalies;
  tree::Platform platform;
  const bool is_image =
      kind == tree::SubjectKind::docker_archive || kind == tree::SubjectKind::oci_layout;
  if (is_image) {
    platform.name = "linux/amd64";
    platform.config = config;
  }
  for (std::size_t i = 0; i < layers.size(); ++i) {
    auto& listing = subject.listings.emplace_back();
    for (const auto& member : layers[i]) {
      listing.entries.push_back(entry_of(member, subject));
      if (member.kind != tree::EntryKind::file) continue;
      TextSource content(member.content);
      const auto index = listing.entries.size() - 1;
      RS_TRY(visitor.file({i, index, member.path, listing.entries.back()}, content));
      listing.bytes += member.content.size();
    }
    // The bench's digest of a layer: its first path, so that equal layers are equal.
    const auto digest = "sha256:" + (layers[i].empty() ? "empty" : layers[i].front().path);
    if (is_image) listing.diff_id = digest;
    platform.layers.push_back(
        {i, digest, i < created_by.size() ? created_by[i] : "", listing.bytes});
  }
  if (!subject.listings.empty()) subject.listings.front().anomalies = anomalies;
  tree::merge(subject, platform);
  subject.platforms.push_back(std::move(platform));
  return subject;
}

Bench bare_tree(Members members) {
  Bench bench;
  bench.kind = tree::SubjectKind::tarball;
  bench.layers.push_back(std::move(members));
  return bench;
}

Bench image(std::vector<Members> layers) {
  Bench bench;
  bench.kind = tree::SubjectKind::docker_archive;
  bench.layers = std::move(layers);
  return bench;
}

Request request() {
  Request request;
  request.subject = "subject";
  request.platform = "linux/amd64";
  request.today = "2026-11-21";
  const auto profile = runtime::find_profile("generic-luajit");
  REQUIRE(profile);
  request.runtimes.push_back(*profile);
  return request;
}

Report judge(Bench& bench, const Request& request, const Others& others) {
  auto report = run(bench, others, request);
  if (!report) FAIL(report.error().message);
  return *std::move(report);
}

Findings found(const Report& report, const std::string& rule) {
  Findings findings;
  for (const auto& platform : report.platforms)
    for (const auto& finding : platform.findings)
      if (finding.rule == rule) findings.push_back(finding);
  return findings;
}

std::vector<std::string> paths(const Report& report, const std::string& rule) {
  std::vector<std::string> all;
  for (const auto& finding : found(report, rule))
    all.push_back(finding.path);
  return all;
}

std::vector<std::string> paths(Bench bench, const std::string& rule, const Request& request) {
  return paths(judge(bench, request), rule);
}

std::string elf_program(const std::string& text) {
  rockstage::test::ElfSpec spec;
  spec.type = 2;  // ET_EXEC
  spec.tail = text;
  return rockstage::test::build_elf(spec);
}

}  // namespace rockstage::verify::test
