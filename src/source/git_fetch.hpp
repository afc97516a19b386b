#pragma once
#include "base/result.hpp"
#include "sys/io.hpp"

#include <optional>
#include <string>

namespace rockstage::source {

/// A SOURCE that is a git repository: `https://example.org/x.git#COMMIT`, `git+https://…`.
struct GitSource {
  std::string url;       ///< as git takes it, without `git+`
  std::string revision;  ///< a commit, a branch or a tag; empty: what the server has as its HEAD
};

/// What `argument` names; nullopt for what is no URL. Errc::unsupported for a URL of something else
/// (an archive), Errc::usage for one that git cannot be given.
Result<std::optional<GitSource>> parse_git_source(const std::string& argument);

/// Whether `text` is a whole commit name (SHA-1 or SHA-256, lower case).
bool is_commit(const std::string& text);

/// The commit that the revision names now; asks the server, unless it is a commit already.
/// Errc::not_found for a repository or a revision that is not there, Errc::network when the server
/// does not answer.
Result<std::string> resolve_commit(const GitSource& source, Io& io);

/// The files of `commit`, checked out into `directory`, which does not exist. Submodules are left
/// alone, and no hook is run. Errors as resolve_commit().
Result<void> fetch_commit(const std::string& url,
                          const std::string& commit,
                          const std::string& directory,
                          Io& io);

/// "x" for `https://example.org/a/x.git`.
std::string repository_name(const std::string& url);

}  // namespace rockstage::source
