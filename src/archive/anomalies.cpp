#include "archive/anomalies.hpp"

#include "base/rules.hpp"

#include <fmt/format.h>

#include <utility>

namespace rockstage::archive {
namespace {

constexpr const char* kRebuild = "build it again with a current builder; do not trust it as it is";

}  // namespace

void Anomalies::ambiguous(std::string_view path, std::uint64_t offset, std::string message) {
  add({.rule = rules::archive_ambiguous,
       .severity = Severity::error,
       .path = std::string(path),
       .message = std::move(message),
       .evidence = {{"offset", static_cast<std::int64_t>(offset)}},
       .fix = kRebuild});
}

void Anomalies::path(std::string_view path, std::uint64_t offset, std::string message) {
  add({.rule = rules::archive_path,
       .severity = Severity::error,
       .path = std::string(path),
       .message = std::move(message),
       .evidence = {{"offset", static_cast<std::int64_t>(offset)}},
       .fix = "write the archive with names relative to its root"});
}

void Anomalies::finish() {
  if (untold_ == 0) return;
  findings_.push_back({.rule = rules::archive_ambiguous,
                       .severity = Severity::error,
                       .path = {},
                       .message = fmt::format("{} more members are as odd as those named", untold_),
                       .evidence = {{"members", static_cast<std::int64_t>(untold_)}},
                       .fix = kRebuild});
}

void Anomalies::add(Finding finding) {
  if (findings_.size() < kMost)
    findings_.push_back(std::move(finding));
  else
    ++untold_;
}

}  // namespace rockstage::archive
