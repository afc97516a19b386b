#pragma once
#include "base/finding.hpp"
#include "base/result.hpp"
#include "tree/resolve.hpp"
#include "verify/facts.hpp"
#include "verify/target.hpp"
#include "verify/types.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rockstage::verify {

/// True for a LuaRocks tree: a directory or tarball with share/lua, lib/lua or lib/luarocks at its
/// top. Everything else is a root file system.
bool is_bare_tree(const tree::Subject& subject, const tree::Platform& platform);

/// What a rule looks at: one platform of a subject, judged by one runtime.
class Context {
 public:
  Context(const Request& the_request,
          const tree::Subject& the_subject,
          const tree::Platform& the_platform,
          const Collector& the_collector,
          const Target& the_target)
      : request(the_request),
        subject(the_subject),
        platform(the_platform),
        collector(the_collector),
        target(the_target),
        resolver(the_subject, the_platform),
        is_image_(!is_bare_tree(the_subject, the_platform)) {}

  const Request& request;
  const tree::Subject& subject;
  const tree::Platform& platform;
  const Collector& collector;
  const Target& target;
  tree::Resolver resolver;
  const tree::Platform* base = nullptr;  ///< of the base image; nullptr without --base

  /// A root file system (an image, a tar of one) and not a LuaRocks tree.
  [[nodiscard]] bool is_image() const { return is_image_; }

  [[nodiscard]] const tree::Entry& entry(tree::Origin origin) const;
  /// nullptr where nothing was kept, and for implied directories.
  [[nodiscard]] const FileFacts* facts(tree::Origin origin) const;

  [[nodiscard]] std::string path(tree::PathId id) const { return subject.paths->text(id); }

  /// The layer of a member, for a finding; nullopt for a directory or tarball.
  [[nodiscard]] std::optional<FindingLayer> layer(tree::Origin origin) const;
  [[nodiscard]] std::optional<FindingLayer> layer(std::size_t index) const;
  /// The text kept of the file at `path`, links followed; nullptr when there is none.
  [[nodiscard]] const std::string* text(std::string_view path) const;

  /// A finding of `rule` in its default severity about the member `origin` at `path`.
  [[nodiscard]] Finding finding(const char* rule, tree::PathId path, tree::Origin origin) const;

 private:
  bool is_image_;
};

/// Takes what the rules of a family say. `not_judged` says that a rule could not be decided, and
/// why.
class Sink {
 public:
  void add(Finding finding) { findings_.push_back(std::move(finding)); }

  void not_judged(std::string rule, std::string path, std::string reason);

  [[nodiscard]] Findings take() { return std::move(findings_); }

  struct Undecided {
    std::string rule, path, reason;
  };

  [[nodiscard]] const std::vector<Undecided>& undecided() const { return undecided_; }

 private:
  Findings findings_;
  std::vector<Undecided> undecided_;
};

/// A family of rules: the names that it decides, and how. The table is in rules/all.cpp.
struct RuleFamily {
  std::vector<std::string> rules;
  void (*check)(const Context&, Sink&);
};

std::span<const RuleFamily> rule_families();

}  // namespace rockstage::verify
