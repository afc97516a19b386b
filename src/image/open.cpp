#include "image/open.hpp"

#include "base/text.hpp"
#include "image/archive_reader.hpp"
#include "image/layout_reader.hpp"
#include "sys/files.hpp"
#include "tree/directory.hpp"

#include <fmt/format.h>

#include <optional>
#include <string_view>

namespace rockstage::image {
namespace {

using Reader = std::unique_ptr<tree::TreeReader>;

constexpr const char* kForms =
    "a directory, a tar file, '-' for a tar on standard input, or dir:PATH, tar:FILE, "
    "docker-archive:FILE, oci:DIRECTORY, oci-archive:FILE";

std::string shown(std::string_view text) {
  return "'" + text::escape_for_terminal(text) + "'";
}

/// What an engine or a registry has.
tl::unexpected<Error> engine_needed(std::string_view subject, std::string_view reference) {
  const auto name = text::escape_for_terminal(reference);
  if (subject.starts_with("podman:"))
    return fail(Errc::unsupported,
                fmt::format("{} is not read from the engine", shown(subject)),
                fmt::format("podman save {} | rockstage verify -", name));
  const auto* pull = subject.starts_with("docker://") ? "docker pull {0} && " : "";
  return fail(
      Errc::unsupported,
      fmt::format("{} is not read from an engine or a registry", shown(subject)),
      fmt::format(fmt::runtime(std::string(pull) + "docker save {0} | rockstage verify -"), name));
}

Result<Reader> open_path(const std::string& path) {
  if (!sys::is_directory(path)) return open_archive(path, ArchiveForm::found);
  const auto layout = sys::status(sys::join(path, "oci-layout"));
  if (layout && layout->kind == sys::FileKind::file) return open_layout(path);
  return tree::open_directory(path);
}

tl::unexpected<Error> no_such_path(const std::string& subject) {
  if (subject.starts_with("docker://")) return engine_needed(subject, subject.substr(9));
  for (const std::string_view engine : {"docker-daemon:", "podman:"})
    if (subject.starts_with(engine)) return engine_needed(subject, subject.substr(engine.size()));
  const bool path_like = subject.starts_with('/') || subject.starts_with('.');
  if (!path_like && subject.find_first_of(":@") != std::string::npos)
    return engine_needed(subject, subject);
  return fail(Errc::invalid_input, fmt::format("there is no {}", shown(subject)), kForms);
}

/// The reader that a transport names; nothing when `subject` begins with none.
std::optional<Result<Reader>> open_transport(const std::string& subject) {
  const auto colon = subject.find(':');
  if (colon == std::string::npos) return std::nullopt;
  const auto transport = subject.substr(0, colon);
  const auto path = subject.substr(colon + 1);
  const auto need = [&](bool there, const char* what) -> Result<void> {
    if (there) return {};
    return fail(Errc::invalid_input, fmt::format("there is no {} {}", what, shown(path)), kForms);
  };
  const auto open = [&](bool there, const char* what, auto make) -> Result<Reader> {
    RS_TRY(need(there, what));
    return make();
  };
  const bool file = path == "-" || (sys::exists(path) && !sys::is_directory(path));
  if (transport == "dir")
    return open(sys::is_directory(path), "directory", [&] { return tree::open_directory(path); });
  if (transport == "oci")
    return open(sys::is_directory(path), "directory", [&] { return open_layout(path); });
  if (transport == "tar")
    return open(file, "file", [&] { return open_archive(path, ArchiveForm::tarball); });
  if (transport == "docker-archive")
    return open(file, "file", [&] { return open_archive(path, ArchiveForm::docker); });
  if (transport == "oci-archive")
    return open(file, "file", [&] { return open_archive(path, ArchiveForm::oci); });
  return std::nullopt;
}

}  // namespace

Result<Reader> open_subject(const std::string& subject, Io&) {
  if (subject == "-") return open_archive(subject, ArchiveForm::found);
  if (auto named = open_transport(subject)) return *std::move(named);
  if (!subject.empty() && sys::exists(subject)) return open_path(subject);
  return no_such_path(subject);
}

}  // namespace rockstage::image
