#include "source/find.hpp"

#include "base/text.hpp"
#include "rock/version.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace rockstage::source {
namespace {

struct Candidate {
  std::string path, name, version;
};

/// `NAME-VERSION-REVISION.rockspec`; a file of another form is no candidate.
std::optional<Candidate> candidate(const std::string& directory, const std::string& file) {
  constexpr std::string_view kSuffix = ".rockspec";
  if (!file.ends_with(kSuffix)) return std::nullopt;
  const auto stem = file.substr(0, file.size() - kSuffix.size());
  const auto revision = stem.rfind('-');
  const auto version = revision == std::string::npos || revision == 0
                           ? std::string::npos
                           : stem.rfind('-', revision - 1);
  if (version == std::string::npos || version == 0) return std::nullopt;
  return Candidate{sys::join(directory, file), stem.substr(0, version), stem.substr(version + 1)};
}

struct Found {
  std::vector<Candidate> candidates;
  std::vector<std::string> misnamed;  ///< rockspecs whose names say no version
};

Found look(const std::string& directory) {
  Found out;
  for (const auto& folder :
       {directory, sys::join(directory, "rockspec"), sys::join(directory, "rockspecs")}) {
    const auto names = sys::list_directory(folder);
    if (!names) continue;  // most projects have neither folder
    for (const auto& name : *names) {
      if (auto found = candidate(folder, name))
        out.candidates.push_back(*std::move(found));
      else if (name.ends_with(".rockspec") || name == "rockspec")
        out.misnamed.push_back(sys::join(folder, name));
    }
  }
  return out;
}

bool is_older(const Candidate& a, const Candidate& b) {
  const bool a_moves = rock::is_development(a.version);
  const bool b_moves = rock::is_development(b.version);
  if (a_moves != b_moves) return a_moves;
  return rock::compare(rock::parse_version(a.version), rock::parse_version(b.version)) < 0;
}

tl::unexpected<Error> several_rocks(const std::string& directory,
                                    const std::vector<Candidate>& found) {
  std::vector<std::string> names;
  for (const auto& one : found)
    names.push_back(sys::relative_to(one.path, directory));
  return fail(
      Errc::invalid_input,
      fmt::format("'{}' has rockspecs of several rocks: {}", directory, text::join(names, ", ")),
      "name one: rockstage build DIR/FILE.rockspec");
}

/// A path that is not there, with the nearest of its neighbours.
tl::unexpected<Error> not_there(const std::string& path) {
  std::vector<std::string> names;
  if (const auto found = sys::list_directory(sys::parent(path))) names = *found;
  return fail(
      Errc::not_found,
      fmt::format("there is no '{}'{}", path, text::did_you_mean(sys::base_name(path), names)));
}

}  // namespace

Result<ArgumentKind> classify(const std::string& argument) {
  if (argument.find("://") != std::string::npos) return ArgumentKind::url;
  if (sys::is_directory(argument)) return ArgumentKind::directory;
  const bool is_rock = argument.ends_with(".rock");
  const bool is_rockspec =
      argument.ends_with(".rockspec") || sys::base_name(argument) == "rockspec";
  if (!sys::exists(argument)) {
    const bool looks_like_path = is_rock || is_rockspec || argument.find('/') != std::string::npos
                                 || argument.starts_with('.');
    if (looks_like_path) return not_there(argument);
    return ArgumentKind::name;
  }
  if (is_rock) return ArgumentKind::rock_file;
  if (is_rockspec) return ArgumentKind::rockspec;
  return fail(
      Errc::usage,
      fmt::format("'{}' is no rock: SOURCE is a directory, a rockspec or a rock file", argument),
      fmt::format("name its directory: rockstage build {}", sys::parent(argument)));
}

Result<std::string> find_rockspec(const std::string& directory) {
  auto [found, misnamed] = look(directory);
  std::erase_if(misnamed, [](const auto& path) { return !sys::is_file(path); });
  // Reading a misnamed one says what its name should be.
  if (found.empty()) return misnamed.empty() ? std::string() : misnamed.front();
  const auto differs = [&first = found.front()](const Candidate& one) {
    return one.name != first.name;
  };
  if (std::ranges::any_of(found, differs)) {
    const auto wanted = text::to_lower(sys::base_name(sys::absolute(directory)));
    const auto all = found;
    std::erase_if(found,
                  [&wanted](const Candidate& one) { return text::to_lower(one.name) != wanted; });
    if (found.empty()) return several_rocks(directory, all);
  }
  return std::ranges::max_element(found, is_older)->path;
}

std::string source_directory(const std::string& rockspec_path) {
  const auto directory = sys::parent(rockspec_path);
  const auto name = sys::base_name(directory);
  return name == "rockspec" || name == "rockspecs" ? sys::parent(directory) : directory;
}

}  // namespace rockstage::source
