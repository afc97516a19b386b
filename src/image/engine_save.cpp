#include "image/engine_save.hpp"

#include "base/text.hpp"
#include "sys/child_output.hpp"
#include "sys/process.hpp"

#include <fmt/format.h>

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace rockstage::image {
namespace {

constexpr std::size_t kPiece = std::size_t{256} << 10;

const char* name_of(Engine engine) {
  return engine == Engine::docker ? "docker" : "podman";
}

std::string shown(std::string_view reference) {
  return "'" + text::escape_for_terminal(reference) + "'";
}

/// The line of an engine's standard error that says what is wrong, or how it ended.
std::string complaint(const sys::ChildOutput& child, const sys::ExitStatus& status) {
  const auto lines = text::split(text::trim(child.complaints()), '\n');
  std::string_view line = text::trim(lines.back());
  for (const std::string_view opening : {"Error response from daemon: ", "Error: "})
    if (line.starts_with(opening)) line.remove_prefix(opening.size());
  return line.empty() ? sys::to_string(status) : text::escape_for_terminal(line);
}

/// Why nothing at all was saved.
Error cannot_save(Engine engine, const std::string& reference, const std::string& why) {
  const auto said = text::to_lower(why);
  const auto says = [&said](const char* words) { return said.find(words) != std::string::npos; };
  if (says("no such image") || says("reference does not exist") || says("image not known"))
    return {Errc::not_found,
            fmt::format("{} has no image {}", name_of(engine), shown(reference)),
            fmt::format("{} pull {}", name_of(engine), text::shell_quote(reference)),
            {}};
  const auto message =
      fmt::format("{} cannot save image {}: {}", name_of(engine), shown(reference), why);
  if (says("invalid reference format"))
    return {Errc::usage, message, "an image is named [HOST/]name[:tag], in lower case", {}};
  std::string hint = fmt::format("see `{} info`", name_of(engine));
  if (says("permission denied"))
    hint = engine == Engine::docker
               ? "run it as root, or as a member of the group that may use docker's socket"
               : "run it as the user whose images these are";
  else if (says("cannot connect to the docker daemon"))
    hint = "start docker's daemon, or point DOCKER_HOST at one";
  return {Errc::subprocess, message, hint, {}};
}

class SavedImage final : public tree::ByteSource {
 public:
  SavedImage(std::unique_ptr<sys::ChildOutput> child, Engine engine, std::string reference)
      : child_(std::move(child)),
        engine_(engine),
        reference_(std::move(reference)),
        buffer_(kPiece) {}

  /// Waits for the first bytes.
  Result<void> begin() {
    RS_TRY_ASSIGN(begun_, child_->read(buffer_));
    if (begun_ > 0) return {};
    RS_TRY_ASSIGN(const auto status, child_->wait());
    const auto why = status.ok() ? "it wrote nothing" : complaint(*child_, status);
    return tl::unexpected<Error>(cannot_save(engine_, reference_, why));
  }

  Result<std::span<const std::byte>> next() override {
    // Somebody may pass over the failure of a layer, and must not take the rest for the end.
    if (failure_) return tl::unexpected<Error>(*failure_);
    auto size = begun_ > 0 ? std::exchange(begun_, 0) : read();
    if (!size) {
      failure_ = size.error();
      return tl::unexpected<Error>(*failure_);
    }
    return std::span<const std::byte>(buffer_).first(*size);
  }

 private:
  Result<std::size_t> read() {
    RS_TRY_ASSIGN(const auto size, child_->read(buffer_));
    if (size > 0) return size;
    RS_TRY_ASSIGN(const auto status, child_->wait());
    if (status.ok()) return size;
    return fail(Errc::invalid_input,
                fmt::format("{} failed before it had saved all of {}: {}",
                            name_of(engine_),
                            shown(reference_),
                            complaint(*child_, status)),
                fmt::format("see `{} info`, and verify it again", name_of(engine_)));
  }

  std::unique_ptr<sys::ChildOutput> child_;
  Engine engine_;
  std::string reference_;
  std::vector<std::byte> buffer_;
  std::size_t begun_ = 0;  ///< bytes in the buffer that nobody has taken yet
  std::optional<Error> failure_;
};

bool is_installed(Engine engine, const sys::Environment& environment) {
  return !sys::find_program(name_of(engine), environment).empty();
}

}  // namespace

Result<std::unique_ptr<tree::ByteSource>> save_image(Engine engine,
                                                     const std::string& reference,
                                                     const sys::Environment& environment) {
  const auto* name = name_of(engine);
  if (!is_installed(engine, environment))
    return fail(
        Errc::not_found,
        fmt::format("{} is not installed here, so {} cannot be read", name, shown(reference)),
        engine == Engine::docker ? "apt-get install docker.io" : "apt-get install podman");
  std::vector<std::string> argv{name, "save"};
  // Whatever containers.conf says.
  if (engine == Engine::podman) argv.insert(argv.end(), {"--format", "docker-archive"});
  argv.insert(argv.end(), {"--", reference});
  RS_TRY_ASSIGN(auto child, sys::ChildOutput::start(argv, environment));
  auto image = std::make_unique<SavedImage>(std::move(child), engine, reference);
  RS_TRY(image->begin());
  return std::unique_ptr<tree::ByteSource>(std::move(image));
}

Result<std::unique_ptr<tree::ByteSource>> save_from_any_engine(
    const std::string& reference, const sys::Environment& environment) {
  std::vector<std::string> answers;
  std::optional<Engine> here;
  std::optional<Engine> working;
  for (const auto engine : {Engine::docker, Engine::podman}) {
    if (!is_installed(engine, environment)) continue;
    auto image = save_image(engine, reference, environment);
    if (image || image.error().code == Errc::interrupted) return image;
    answers.push_back(image.error().message);
    if (!here) here = engine;
    if (!working && image.error().code == Errc::not_found) working = engine;
  }
  if (!here) answers.emplace_back("docker and podman are not installed here");
  const auto puller = working.value_or(here.value_or(Engine::docker));
  return fail(Errc::unsupported,
              fmt::format("{} is no path and no image of an engine here ({}), and registries are "
                          "not read",
                          shown(reference),
                          text::join(answers, "; ")),
              fmt::format("{0} pull {1} && rockstage verify {2}:{1}",
                          name_of(puller),
                          text::shell_quote(reference),
                          puller == Engine::docker ? "docker-daemon" : "podman"));
}

}  // namespace rockstage::image
