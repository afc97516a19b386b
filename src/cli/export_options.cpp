#include "cli/export_options.hpp"

#include "base/rel_path.hpp"
#include "base/text.hpp"
#include "lua/types.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

namespace rockstage::cli {
namespace {

constexpr ExportForm kForms[] = {
    {"tar", archive::Form::tar, false},
    {"tar.gz", archive::Form::tar_gz, false},
    {"tar.zst", archive::Form::tar_zst, false},
    {"tar.xz", archive::Form::tar_xz, false},
    {"zip", archive::Form::zip, false},
    {"rock", archive::Form::zip, true},
};

/// What GNU tar takes for the same.
constexpr std::pair<const char*, const char*> kShortSuffixes[] = {
    {".tgz", "tar.gz"}, {".tzst", "tar.zst"}, {".txz", "tar.xz"}};

std::vector<std::string> form_names() {
  std::vector<std::string> names;
  for (const auto& form : kForms)
    names.emplace_back(form.name);
  return names;
}

const ExportForm* find_form(std::string_view name) {
  const auto* found = std::ranges::find(kForms, name, &ExportForm::name);
  return found == std::end(kForms) ? nullptr : found;
}

const ExportForm* form_of_suffix(const std::string& file) {
  for (const auto& form : kForms)
    if (file.ends_with(std::string(".") + form.name)) return &form;
  for (const auto& [suffix, name] : kShortSuffixes)
    if (file.ends_with(suffix)) return find_form(name);
  return nullptr;
}

Result<ExportForm> choose_form(const Invocation& invocation, const ExportOptions& options) {
  const auto names = form_names();
  if (const auto given = invocation.single("format"); !given.empty()) {
    if (const auto* form = find_form(given); form != nullptr) return *form;
    return fail(Errc::usage,
                fmt::format("--format takes {}, not '{}'{}",
                            text::join(names, ", "),
                            given,
                            text::did_you_mean(given, names)));
  }
  switch (options.place) {
    case ExportOptions::Place::directory:
      return *find_form("tar.zst");
    case ExportOptions::Place::standard_output:
      return fail(Errc::usage,
                  "what is to be written to standard output? --format is missing",
                  "one of " + text::join(names, ", "));
    case ExportOptions::Place::file:
      break;
  }
  if (const auto* form = form_of_suffix(options.output); form != nullptr) return *form;
  return fail(Errc::usage,
              fmt::format("the name '{}' says nothing of the form of the archive", options.output),
              "end it with one of ." + text::join(names, ", .") + ", or give --format");
}

Result<void> choose_place(const Invocation& invocation, const Io& io, ExportOptions& options) {
  options.output = invocation.single("output");
  if (options.output.empty())
    return fail(Errc::usage,
                "where to? --output FILE is missing",
                "e.g. --output rock.tar.zst, or --output DIR/ for a name made from the rock's");
  if (options.output == "-") {
    options.place = ExportOptions::Place::standard_output;
    if (invocation.json)
      return fail(Errc::usage, "--json and --output - both write to standard output");
    if (io.terminal.stdout_is_terminal())
      return fail(Errc::usage,
                  "an archive is no text for a terminal",
                  "name a file with --output, or send standard output elsewhere");
  } else if (options.output.ends_with('/') || sys::is_directory(options.output)) {
    options.place = ExportOptions::Place::directory;
  }
  return {};
}

Result<std::string> prefix_of(const Invocation& invocation) {
  const auto text = invocation.single("prefix");
  std::string_view given = text;
  // Where a tree goes is often said as an absolute path; members of an archive are relative.
  given.remove_prefix(std::min(given.find_first_not_of('/'), given.size()));
  auto prefix = RelPath::parse(given.empty() ? "." : given);
  if (!prefix)
    return fail(Errc::usage, "--prefix: " + prefix.error().message, "e.g. --prefix usr/local");
  return prefix->str();
}

/// SOURCE_DATE_EPOCH, as reproducible-builds.org specifies it: 0 without it, an error if malformed.
Result<std::int64_t> time_of_members(const Io& io) {
  const auto given = io.environment.get_nonempty("SOURCE_DATE_EPOCH");
  if (!given) return 0;
  std::int64_t time = 0;
  const auto [end, error] = std::from_chars(given->data(), given->data() + given->size(), time);
  if (error == std::errc() && end == given->data() + given->size() && time >= 0
      && time <= archive::kLatestTime)
    return time;
  return fail(
      Errc::usage,
      fmt::format("SOURCE_DATE_EPOCH is '{}', which is no number of seconds since 1970", *given),
      "e.g. SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)");
}

Result<bool> wants_sbom(const Invocation& invocation, const ExportOptions& options) {
  const auto form = invocation.single("sbom");
  if (form.empty()) return false;
  if (form != "cyclonedx")
    return fail(Errc::usage,
                fmt::format("--sbom takes cyclonedx, not '{}'", form),
                "CycloneDX 1.6 as JSON, which syft, trivy and Dependency-Track read");
  if (options.place == ExportOptions::Place::standard_output)
    return fail(Errc::usage,
                "--sbom writes beside the archive, and standard output has no beside",
                "name a file with --output");
  return true;
}

}  // namespace

Result<ExportOptions> export_options(const Invocation& invocation, const Io& io) {
  ExportOptions options;
  if (invocation.arguments.empty())
    return fail(Errc::usage,
                "which tree?",
                fmt::format("usage: rockstage export {}", invocation.command->usage));
  options.tree = invocation.arguments[0];
  RS_TRY(choose_place(invocation, io, options));
  RS_TRY_ASSIGN(options.form, choose_form(invocation, options));
  RS_TRY_ASSIGN(options.prefix, prefix_of(invocation));
  RS_TRY_ASSIGN(options.time, time_of_members(io));
  options.has_time = io.environment.get_nonempty("SOURCE_DATE_EPOCH").has_value();
  RS_TRY_ASSIGN(options.sbom, wants_sbom(invocation, options));
  options.rock = text::to_lower(invocation.single("rock"));
  if (const auto lua = invocation.single("lua"); !lua.empty()) {
    RS_TRY_ASSIGN(const auto parsed, lua::parse_lua(lua));
    options.v = lua::version_directory(parsed);
  }
  options.with_metadata = invocation.flag("with-metadata");
  options.force = invocation.flag("force");
  if (options.form.is_rock && !options.prefix.empty())
    return fail(Errc::usage,
                "--prefix is not for a .rock: LuaRocks decides where its files go",
                "leave --prefix out, or write another form");
  if (!options.form.is_rock && !options.rock.empty()
      && options.place != ExportOptions::Place::directory)
    return fail(Errc::usage,
                "--rock is for a .rock, or for a name in DIR/: other archives hold the whole tree",
                "leave --rock out, or write a .rock");
  return options;
}

}  // namespace rockstage::cli
