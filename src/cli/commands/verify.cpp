#include "verify/verify.hpp"

#include "base/rules.hpp"
#include "base/text.hpp"
#include "cli/commands/commands.hpp"
#include "cli/report_formats.hpp"
#include "cli/verify_options.hpp"
#include "config/policy_file.hpp"
#include "digest/digest.hpp"
#include "image/open.hpp"
#include "report/findings.hpp"
#include "report/verify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>

namespace rockstage::cli {
namespace {

nlohmann::json rule_data(const RuleInfo& rule) {
  return {{"rule", rule.name},
          {"severity", report::to_string(rule.severity)},
          {"summary", rule.summary},
          {"explanation", rule.explanation}};
}

Outcome list_rules() {
  Outcome outcome{.data = {{"rules", nlohmann::json::array()}}};
  for (const auto& rule : all_rules()) {
    if (std::string_view(rule.name).starts_with(kLintRulePrefix)) continue;
    outcome.data["rules"].push_back(rule_data(rule));
    outcome.text +=
        fmt::format("{:<26}{:<9}{}\n", rule.name, report::to_string(rule.severity), rule.summary);
  }
  return outcome;
}

Result<Outcome> explain(const std::string& name) {
  RS_TRY(config::check_rule(name));
  const auto& rule = *find_rule(name);
  return Outcome{.data = {{"rules", nlohmann::json::array({rule_data(rule)})}},
                 .text = fmt::format("{} ({}): {}\n\n{}\n",
                                     rule.name,
                                     report::to_string(rule.severity),
                                     rule.summary,
                                     rule.explanation)};
}

Result<std::unique_ptr<tree::TreeReader>> open_other(const Invocation& invocation,
                                                     const std::string& option,
                                                     Io& io) {
  const auto subject = invocation.single(option);
  if (subject.empty()) return std::unique_ptr<tree::TreeReader>();
  auto reader = image::open_subject(subject, io);
  if (!reader) return fail_while(std::move(reader).error(), "opening --" + option);
  return reader;
}

/// Takes the digests of what a tree has for Lua.
class ExpectedFiles final : public tree::Visitor {
 public:
  Result<void> file(const tree::PassingFile& file, tree::ByteSource& content) override {
    if (!file.path.starts_with("share/lua/") && !file.path.starts_with("lib/lua/")) return {};
    digest::Hasher hasher(digest::Algorithm::sha256);
    RS_TRY_ASSIGN(auto piece, content.next());
    while (!piece.empty()) {
      hasher.update({reinterpret_cast<const char*>(piece.data()), piece.size()});
      RS_TRY_ASSIGN(piece, content.next());
    }
    const std::lock_guard lock(mutex_);
    files_.push_back({std::string(file.path), hasher.hex()});
    return {};
  }

  [[nodiscard]] std::vector<verify::ExpectedFile> take() {
    std::ranges::sort(files_, {}, &verify::ExpectedFile::path);
    return std::move(files_);
  }

 private:
  std::mutex mutex_;
  std::vector<verify::ExpectedFile> files_;
};

/// The files that --expect promises.
Result<std::vector<verify::ExpectedFile>> expected_files(const std::string& subject,
                                                         const tree::ReadOptions& options,
                                                         Io& io) {
  RS_TRY_ASSIGN(const auto reader, image::open_subject(subject, io));
  ExpectedFiles visitor;
  RS_TRY_ASSIGN(const auto tree, reader->read(visitor, options));
  if (tree.incomplete) return tl::unexpected<Error>(*tree.incomplete);
  auto files = visitor.take();
  if (files.empty())
    return fail(
        Errc::invalid_input,
        fmt::format("nothing can be expected of '{}': it has no share/lua or lib/lua", subject),
        "name the tree that was built, or a tarball of it");
  return files;
}

}  // namespace

Result<Outcome> command_verify(Invocation& invocation, Io& io, Diagnostics& diagnostics) {
  if (invocation.flag("list-rules")) return list_rules();
  if (const auto rule = invocation.single("explain"); !rule.empty()) return explain(rule);
  if (invocation.arguments.empty())
    return fail(Errc::usage,
                "which subject? a directory, a tarball or an image is missing",
                "e.g. rockstage verify ./tree, or rockstage verify docker-daemon:REF");

  RS_TRY_ASSIGN(const auto options, report_options(invocation));
  RS_TRY_ASSIGN(auto request, verify_request(invocation, io, diagnostics));
  RS_TRY_ASSIGN(const auto subject, image::open_subject(request.subject, io));
  RS_TRY_ASSIGN(const auto against, open_other(invocation, "against", io));
  RS_TRY_ASSIGN(const auto base, open_other(invocation, "base", io));
  if (const auto expect = invocation.single("expect"); !expect.empty()) {
    RS_TRY_ASSIGN(request.expected, expected_files(expect, request.reading, io));
  }

  RS_TRY_ASSIGN(const auto report, verify::run(*subject, {against.get(), base.get()}, request));
  if (report.incomplete) diagnostics.add(to_diagnostic(*report.incomplete));
  return write_reports(
      options, {"verify", report, report::verify_data(report), report::verify_text(report)});
}

}  // namespace rockstage::cli
