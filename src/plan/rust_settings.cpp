#include "base/text.hpp"
#include "plan/parts.hpp"

#include <fmt/format.h>

#include <charconv>

namespace rockstage::plan {
namespace {

constexpr const char* kField = "build.cargo_extra_args";

/// Reads the words of cargo_extra_args as cargo would, into settings.
class ExtraArguments {
 public:
  ExtraArguments(const std::vector<std::string>& words, RustSettings& settings)
      : words_(words), settings_(settings) {}

  Result<void> read() {
    while (next_ < words_.size())
      RS_TRY(option(words_[next_++]));
    return {};
  }

 private:
  Result<void> option(const std::string& word) {
    if (is_switch(word)) return {};
    const auto name = is_short(word) ? word.substr(0, 2) : word.substr(0, word.find('='));
    if (name == "--profile") return take(word, settings_.profile);
    if (name == "--manifest-path") return take(word, settings_.manifest);
    if (name == "--package" || name == "-p") return take(word, settings_.package);
    if (name == "--features" || name == "-F") return features(word);
    if (name == "--jobs" || name == "-j") return jobs(word);
    return fail(Errc::invalid_input,
                fmt::format("{}: '{}' is not understood", kField, word),
                "--profile, --package, --manifest-path, --features, --no-default-features, "
                "--all-features, --locked, --offline, --frozen and --jobs are");
  }

  /// The options without a value; those that say how much cargo prints, or what rockstage does
  /// anyway, change nothing.
  bool is_switch(const std::string& name) {
    if (name == "--no-default-features")
      settings_.default_features = false;
    else if (name == "--all-features")
      settings_.all_features = true;
    else if (name == "--locked")
      settings_.locked = true;
    else if (name == "--offline")
      settings_.offline = true;
    else if (name == "--frozen")
      settings_.locked = settings_.offline = true;
    else
      return name == "--release" || name == "-r" || name == "--lib" || name == "-v" || name == "-vv"
             || name == "--verbose" || name == "-q" || name == "--quiet";
    return true;
  }

  static bool is_short(const std::string& word) { return !word.starts_with("--"); }

  /// What stands behind `=`, right behind a short option (`-j3`), or in the next word.
  Result<std::string> value(const std::string& word) {
    if (is_short(word) && word.size() > 2) return word.substr(word[2] == '=' ? 3 : 2);
    if (const auto equals = word.find('='); equals != std::string::npos)
      return word.substr(equals + 1);
    if (next_ < words_.size()) return words_[next_++];
    return fail(Errc::invalid_input, fmt::format("{}: '{}' needs a value", kField, word));
  }

  Result<void> take(const std::string& word, std::string& to) {
    RS_TRY_ASSIGN(to, value(word));
    return {};
  }

  Result<void> features(const std::string& word) {
    RS_TRY_ASSIGN(const auto list, value(word));
    for (const auto& part : words(text::replace_all(list, ",", " ")))
      settings_.features.push_back(part);
    return {};
  }

  Result<void> jobs(const std::string& word) {
    RS_TRY_ASSIGN(const auto count, value(word));
    const auto [end, error] =
        std::from_chars(count.data(), count.data() + count.size(), settings_.jobs);
    if (error != std::errc() || end != count.data() + count.size() || settings_.jobs < 1)
      return fail(Errc::invalid_input, fmt::format("{}: '{}' is no number of jobs", kField, count));
    return {};
  }

  const std::vector<std::string>& words_;
  RustSettings& settings_;
  std::size_t next_ = 0;
};

/// `a/./b/../c` → `a/c`, by text alone.
std::string tidy(const std::string& path) {
  std::vector<std::string> parts;
  for (auto& part : text::split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == ".." && !parts.empty() && parts.back() != "..")
      parts.pop_back();
    else
      parts.push_back(std::move(part));
  }
  return (path.starts_with('/') ? "/" : "") + text::join(parts, "/");
}

}  // namespace

Result<RustSettings> rust_settings(const rock::Rockspec& spec, const BuildOptions& options) {
  RS_TRY_ASSIGN(const auto fields, rock::rust_mlua_fields(spec));
  RustSettings settings;
  settings.features = fields.features;
  settings.default_features = fields.default_features;
  RS_TRY(ExtraArguments(fields.cargo_extra_args, settings).read());

  if (!options.profile.empty()) settings.profile = options.profile;
  if (!options.manifest_path.empty()) settings.manifest = options.manifest_path;
  if (!options.package.empty()) settings.package = options.package;
  settings.features.insert(
      settings.features.begin(), options.features.begin(), options.features.end());
  settings.default_features = settings.default_features && !options.no_default_features;
  settings.all_features = settings.all_features || options.all_features;
  settings.locked = settings.locked || options.locked;
  settings.offline = settings.offline || options.offline;
  if (options.jobs > 0) settings.jobs = options.jobs;
  return settings;
}

Result<std::string> manifest_path(const rock::Rockspec& spec,
                                  const std::string& directory,
                                  const BuildOptions& options) {
  RS_TRY_ASSIGN(const auto settings, rust_settings(spec, options));
  return tidy(settings.manifest.starts_with('/') ? settings.manifest
                                                 : directory + "/" + settings.manifest);
}

Result<std::string> profile_name(const rock::Rockspec& spec, const BuildOptions& options) {
  RS_TRY_ASSIGN(auto settings, rust_settings(spec, options));
  return std::move(settings.profile);
}

}  // namespace rockstage::plan
