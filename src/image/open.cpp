#include "image/open.hpp"

#include "base/text.hpp"
#include "image/archive_reader.hpp"
#include "image/engine_save.hpp"
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
    "docker-archive:FILE, oci:DIRECTORY, oci-archive:FILE, docker-daemon:REF, podman:REF";

std::string shown(std::string_view text) {
  return "'" + text::escape_for_terminal(text) + "'";
}

Result<Reader> open_path(const std::string& path) {
  if (!sys::is_directory(path)) return open_archive(path, ArchiveForm::found);
  const auto layout = sys::status(sys::join(path, "oci-layout"));
  if (layout && layout->kind == sys::FileKind::file) return open_layout(path);
  return tree::open_directory(path);
}

/// The image that `subject` names after its transport.
Result<std::string> reference_of(const std::string& subject, std::string_view transport) {
  if (subject.size() > transport.size()) return subject.substr(transport.size());
  return fail(Errc::usage,
              fmt::format("{} names no image", shown(subject)),
              fmt::format("e.g. {}gateway:1", transport));
}

Result<Reader> open_saved(const std::string& subject,
                          std::string_view transport,
                          Engine engine,
                          const Io& io) {
  RS_TRY_ASSIGN(const auto reference, reference_of(subject, transport));
  return open_archive(
      [=, environment = io.environment] { return save_image(engine, reference, environment); },
      shown(subject),
      ArchiveForm::saved);
}

tl::unexpected<Error> no_registry(const std::string& subject, std::string_view transport) {
  const auto reference = reference_of(subject, transport);
  if (!reference) return tl::unexpected<Error>(reference.error());
  return fail(Errc::unsupported,
              fmt::format("{} is in a registry, and registries are not read", shown(subject)),
              fmt::format("docker pull {0} && rockstage verify docker-daemon:{0}",
                          text::shell_quote(*reference)));
}

/// An image of an engine or a registry; nothing when `subject` begins as neither.
std::optional<Result<Reader>> open_image(const std::string& subject, const Io& io) {
  constexpr std::string_view kDocker = "docker-daemon:";
  constexpr std::string_view kPodman = "podman:";
  constexpr std::string_view kRegistry = "docker://";
  if (subject.starts_with(kDocker)) return open_saved(subject, kDocker, Engine::docker, io);
  if (subject.starts_with(kPodman)) return open_saved(subject, kPodman, Engine::podman, io);
  if (subject.starts_with(kRegistry)) return no_registry(subject, kRegistry);
  return std::nullopt;
}

/// What is neither a path nor a transport.
Result<Reader> open_name(const std::string& subject, const Io& io) {
  const bool path_like = subject.starts_with('/') || subject.starts_with('.');
  // A typing error must not become a question to an engine or a registry.
  if (path_like || subject.find_first_of(":@") == std::string::npos)
    return fail(Errc::invalid_input, fmt::format("there is no {}", shown(subject)), kForms);
  return open_archive(
      [subject, environment = io.environment] {
        return save_from_any_engine(subject, environment);
      },
      shown(subject),
      ArchiveForm::saved);
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

Result<Reader> open_subject(const std::string& subject, const Io& io) {
  if (subject == "-") return open_archive(subject, ArchiveForm::found);
  if (auto named = open_transport(subject)) return *std::move(named);
  if (auto image = open_image(subject, io)) return *std::move(image);
  if (!subject.empty() && sys::exists(subject)) return open_path(subject);
  return open_name(subject, io);
}

}  // namespace rockstage::image
