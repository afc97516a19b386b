#include "verify/verify.hpp"

#include "base/rules.hpp"
#include "sys/files.hpp"
#include "verify/judge.hpp"
#include "verify/policy.hpp"
#include "verify/runtimes.hpp"

#include <algorithm>

namespace rockstage::verify {
namespace {

/// A subject that was read, with what was kept of its contents.
struct Read {
  explicit Read(Wanted wanted) : collector(wanted) {}

  Collector collector;
  tree::Subject subject;
};

Result<std::unique_ptr<Read>> read(tree::TreeReader& reader,
                                   Wanted wanted,
                                   const tree::ReadOptions& options) {
  auto read = std::make_unique<Read>(wanted);
  RS_TRY_ASSIGN(read->subject, reader.read(read->collector, options));
  return read;
}

/// Another subject, of which all is needed: a library that was not read would look as if it were
/// not there.
Result<std::unique_ptr<Read>> read_whole(tree::TreeReader& reader,
                                         const char* option,
                                         const tree::ReadOptions& options) {
  RS_TRY_ASSIGN(auto whole, read(reader, {.sha256 = {}, .md5 = false, .image = true}, options));
  if (whole->subject.incomplete)
    return fail_while(*std::move(whole->subject.incomplete), std::string("reading ") + option);
  return whole;
}

/// What to keep of the subject. Only a directory can be looked at before it is read.
Wanted wanted_of(const Request& request) {
  Wanted wanted;
  for (const auto& expected : request.expected)
    wanted.sha256.insert(expected.path.substr(expected.path.rfind('/') + 1));
  std::string path = request.subject;
  if (path.starts_with("dir:")) path.erase(0, 4);
  if (!sys::is_directory(path)) {
    wanted.image = true;
    wanted.md5 = true;
    return wanted;
  }
  const auto has = [&](const char* below) { return sys::is_directory(path + "/" + below); };
  wanted.md5 = has("lib/luarocks");
  wanted.image = !wanted.md5 && !has("share/lua") && !has("lib/lua");
  return wanted;
}

/// The platform of `others` that fits; nullptr where none does.
const tree::Platform* same_platform(const tree::Subject& others, const std::string& name) {
  const auto& platforms = others.platforms;
  if (platforms.size() == 1 && (name.empty() || platforms.front().name.empty()))
    return &platforms.front();
  const auto found = std::ranges::find(platforms, name, &tree::Platform::name);
  return found == platforms.end() ? nullptr : &*found;
}

Result<void> check_base(const tree::Subject& subject,
                        const tree::Platform& platform,
                        const tree::Subject& base_subject,
                        const tree::Platform* base) {
  const auto fails = [&](const std::string& why) {
    return fail(Errc::invalid_input,
                "the base image is no base of the subject: " + why,
                "name the image of the Dockerfile's FROM, in the version that was built on");
  };
  if (base == nullptr) return fails("it has no platform " + platform.name);
  if (base->layers.size() > platform.layers.size())
    return fails("it has more layers than the subject");
  for (std::size_t i = 0; i < base->layers.size(); ++i) {
    const auto& ours = subject.listings[platform.layers[i].listing].diff_id;
    const auto& theirs = base_subject.listings[base->layers[i].listing].diff_id;
    if (theirs.empty()) return fails("it is no image");
    if (ours != theirs)
      return fails("layer " + std::to_string(i) + " of the subject is " + ours + ", its own is "
                   + theirs);
  }
  return {};
}

struct Readings {
  const Read* subject = nullptr;
  const Read* against = nullptr;
  const Read* base = nullptr;
};

/// The root file system that libraries are looked up in, and what to call it.
Result<std::pair<std::optional<Root>, Basis>> target_root(const Readings& readings,
                                                          const tree::Platform& platform,
                                                          const std::string& platform_name) {
  using Target = std::pair<std::optional<Root>, Basis>;
  if (readings.against != nullptr) {
    const auto& subject = readings.against->subject;
    const auto* found = same_platform(subject, platform_name);
    if (found == nullptr)
      return fail(Errc::invalid_input,
                  "the subject of --against has no platform " + platform_name,
                  "name an image that has it, or choose one with --platform");
    return Target{Root{&subject, found, &readings.against->collector}, Basis::against};
  }
  if (is_bare_tree(readings.subject->subject, platform))
    return Target{std::nullopt, Basis::profile};
  return Target{Root{&readings.subject->subject, &platform, &readings.subject->collector},
                Basis::image};
}

Result<void> judge_platform(const Readings& readings,
                            const tree::Platform& platform,
                            const Request& request,
                            PolicyUse& policy,
                            Report& report) {
  const auto& read = *readings.subject;
  RS_TRY_ASSIGN(const auto runtimes,
                choose_runtimes(request, Root{&read.subject, &platform, &read.collector}));
  RS_TRY_ASSIGN(auto root, target_root(readings, platform, runtimes.platform));
  const tree::Platform* base = nullptr;
  if (readings.base != nullptr) {
    base = same_platform(readings.base->subject, platform.name);
    RS_TRY(check_base(read.subject, platform, readings.base->subject, base));
  }
  for (const auto& profile : runtimes.profiles) {
    Target target(profile, runtimes.platform, root.first, root.second);
    if (is_bare_tree(read.subject, platform))
      target.set_tree(Root{&read.subject, &platform, &read.collector}, request.prefix);
    Context context(request, read.subject, platform, read.collector, target);
    context.base = base;
    report.platforms.push_back(judge(context, runtimes.undetermined, policy));
  }
  return {};
}

void count(Report& report) {
  for (const auto& platform : report.platforms) {
    for (const auto& finding : platform.findings) {
      if (finding.waived)
        ++report.waived;
      else if (finding.severity == Severity::error)
        ++report.errors;
      else if (finding.severity == Severity::warning)
        ++report.warnings;
      else
        ++report.notes;
    }
  }
}

}  // namespace

Result<Report> run(tree::TreeReader& subject, const Others& others, const Request& request) {
  const auto& options = request.reading;
  RS_TRY_ASSIGN(const auto read_subject, read(subject, wanted_of(request), options));
  Readings readings{read_subject.get(), nullptr, nullptr};
  std::unique_ptr<Read> against;
  std::unique_ptr<Read> base;
  if (others.against != nullptr) {
    RS_TRY_ASSIGN(against, read_whole(*others.against, "--against", options));
    readings.against = against.get();
  }
  if (others.base != nullptr) {
    RS_TRY_ASSIGN(base, read_whole(*others.base, "--base", options));
    readings.base = base.get();
  }

  const auto& what = read_subject->subject;
  Report report;
  report.subject = request.subject;
  report.kind = tree::to_string(what.kind);
  report.digest = what.digest;
  report.policy_file = request.policy.file;
  report.policy_sha256 = request.policy.sha256;
  report.incomplete = what.incomplete;
  if (what.platforms.empty() && !what.incomplete)
    return fail(Errc::invalid_input,
                "there is nothing to judge in '" + request.subject + "'",
                "it holds no image of the platform that was asked for");
  PolicyUse policy(request);
  for (const auto& platform : what.platforms)
    RS_TRY(judge_platform(readings, platform, request, policy, report));
  if (!report.platforms.empty()) {
    auto& findings = report.platforms.front().findings;
    for (auto& finding : policy.unused())
      findings.push_back(std::move(finding));
    sort_findings(findings);
  }
  count(report);
  return report;
}

}  // namespace rockstage::verify
