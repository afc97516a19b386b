#include "source/git_fetch.hpp"

#include "base/text.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace rockstage::source {
namespace {

constexpr std::array<std::string_view, 5> kProtocols = {"https", "http", "ssh", "git", "file"};

/// One git command, with nothing asked of a person, no hook run and no other transport.
Result<sys::ProcessResult> git(const std::vector<std::string>& arguments, Io& io) {
  constexpr double kPatienceSeconds = 600;
  sys::Command command;
  command.argv = {"git", "-c", "core.hooksPath=/dev/null", "-c", "advice.detachedHead=false"};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  command.env = io.environment;
  for (const auto* name : {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"})
    command.env.unset(name);
  command.env.set("GIT_TERMINAL_PROMPT", "0");
  command.env.set("GIT_ALLOW_PROTOCOL", "https:http:ssh:git:file");
  command.timeout_seconds = kPatienceSeconds;
  auto result = io.processes.run(command);
  if (!result && result.error().code == Errc::not_found)
    return fail(Errc::not_found,
                "a git URL needs git, which is not found on PATH",
                "install git, or clone the repository and name its directory");
  return result;
}

/// The last line of what git complained of.
std::string complaint(const sys::ProcessResult& result) {
  if (result.timed_out) return "no answer in time";
  const auto lines = text::split(text::trim(result.err), '\n');
  return text::escape_for_terminal(lines.back());
}

tl::unexpected<Error> unreachable(const std::string& url, const sys::ProcessResult& result) {
  return fail(Errc::network,
              fmt::format("git cannot read '{}': {}", url, complaint(result)),
              fmt::format("try `git ls-remote {}`", text::shell_quote(url)));
}

bool looks_like_archive(const std::string& url) {
  constexpr std::array<std::string_view, 7> kSuffixes = {
      ".zip", ".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.zst", ".tar.bz2"};
  return std::ranges::any_of(kSuffixes, [&url](auto suffix) { return url.ends_with(suffix); });
}

/// References by name, from `COMMIT<tab>NAME` lines.
std::map<std::string, std::string> references(const std::string& listing) {
  std::map<std::string, std::string> out;
  for (const auto& line : text::split(listing, '\n'))
    if (const auto tab = line.find('\t');
        tab != std::string::npos && is_commit(line.substr(0, tab)))
      out[line.substr(tab + 1)] = line.substr(0, tab);
  return out;
}

tl::unexpected<Error> unknown_revision(const GitSource& source,
                                       const std::map<std::string, std::string>& known) {
  const bool abbreviated =
      source.revision.size() >= 7
      && source.revision.find_first_not_of("0123456789abcdef") == std::string::npos;
  std::vector<std::string> names;
  for (const auto& [name, commit] : known)
    for (const std::string_view prefix : {"refs/heads/", "refs/tags/"})
      if (name.starts_with(prefix)) names.push_back(name.substr(prefix.size()));
  return fail(Errc::not_found,
              fmt::format("'{}' has no branch or tag '{}'{}",
                          source.url,
                          source.revision,
                          text::did_you_mean(source.revision, names)),
              abbreviated ? "a commit has to be written in full" : "");
}

}  // namespace

bool is_commit(const std::string& text) {
  return (text.size() == 40 || text.size() == 64)
         && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

Result<std::optional<GitSource>> parse_git_source(const std::string& argument) {
  const bool marked = argument.starts_with("git+");
  const auto whole = marked ? argument.substr(4) : argument;
  const auto scheme = whole.substr(0, std::min(whole.find("://"), whole.size()));
  if (scheme == whole) return std::optional<GitSource>();
  const auto hash = whole.find('#');
  GitSource source{whole.substr(0, hash),
                   hash == std::string::npos ? std::string() : whole.substr(hash + 1)};
  if (std::ranges::find(kProtocols, scheme) == kProtocols.end())
    return fail(Errc::usage,
                fmt::format("'{}' is no URL that git is given", argument),
                "https://, ssh://, git:// and file:// are");
  const bool is_git = marked || scheme == "git" || scheme == "ssh" || source.url.ends_with(".git");
  if (!is_git)
    return fail(
        Errc::unsupported,
        fmt::format("{} as SOURCE does not exist yet: '{}'",
                    looks_like_archive(source.url) ? "an archive" : "a URL that is no git's",
                    argument),
        "name a git repository (git+URL#COMMIT), or unpack it and name its directory");
  if (hash != std::string::npos && source.revision.empty())
    return fail(Errc::usage, fmt::format("'{}' names no commit behind '#'", argument));
  if (source.revision.find(':') != std::string::npos)
    return fail(Errc::usage,
                fmt::format("'{}' is no commit, branch or tag", source.revision),
                "the rock has to be at the root of the repository");
  return std::optional<GitSource>(std::move(source));
}

Result<std::string> resolve_commit(const GitSource& source, Io& io) {
  if (is_commit(source.revision)) return source.revision;
  RS_TRY_ASSIGN(const auto result, git({"ls-remote", "--", source.url}, io));
  if (!result.status.ok()) return unreachable(source.url, result);
  const auto known = references(result.out);
  const auto& name = source.revision;
  // A tag with a text of its own is no commit; `^{}` is the one that it stands for.
  const std::vector<std::string> candidates =
      name.empty()
          ? std::vector<std::string>{"HEAD"}
          : std::vector<std::string>{
              "refs/tags/" + name + "^{}", "refs/tags/" + name, "refs/heads/" + name, name};
  for (const auto& candidate : candidates)
    if (const auto found = known.find(candidate); found != known.end()) return found->second;
  if (name.empty())
    return fail(Errc::not_found, fmt::format("the repository '{}' is empty", source.url));
  return unknown_revision(source, known);
}

Result<void> fetch_commit(const std::string& url,
                          const std::string& commit,
                          const std::string& directory,
                          Io& io) {
  io.progress.step(fmt::format("fetching {} at {}", text::escape_for_terminal(url), commit));
  RS_TRY_ASSIGN(const auto made, git({"init", "--quiet", directory}, io));
  if (!made.status.ok())
    return fail(Errc::io, fmt::format("git cannot use '{}': {}", directory, complaint(made)));
  // A server need not give out one commit; then all that it has is fetched.
  RS_TRY_ASSIGN(
      const auto one,
      git({"-C", directory, "fetch", "--quiet", "--depth=1", "--no-tags", "--", url, commit}, io));
  if (!one.status.ok()) {
    RS_TRY_ASSIGN(const auto all,
                  git({"-C",
                       directory,
                       "fetch",
                       "--quiet",
                       "--tags",
                       "--",
                       url,
                       "+refs/heads/*:refs/remotes/origin/*"},
                      io));
    if (!all.status.ok()) return unreachable(url, all);
  }
  RS_TRY_ASSIGN(const auto out,
                git({"-C", directory, "checkout", "--quiet", "--detach", commit, "--"}, io));
  if (out.status.ok()) return {};
  return fail(Errc::not_found,
              fmt::format("'{}' has no commit {}: {}", url, commit, complaint(out)),
              "name a commit that a branch or tag of the repository contains");
}

std::string repository_name(const std::string& url) {
  auto name = sys::base_name(url);
  if (name.ends_with(".git")) name.resize(name.size() - 4);
  return name.empty() || name == "." || name == ".." ? "source" : name;
}

}  // namespace rockstage::source
