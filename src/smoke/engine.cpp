#include "smoke/engine.hpp"

#include "base/json.hpp"
#include "base/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>

namespace rockstage::smoke {
namespace {

constexpr double kAnswerSeconds = 30;

std::string package_of(Engine engine) {
  return engine == Engine::docker ? "docker.io" : to_string(engine);
}

/// The line of an engine's stderr that says what is wrong.
std::string complaint(const sys::ProcessResult& result) {
  if (result.timed_out) return fmt::format("no answer within {} s", kAnswerSeconds);
  const auto lines = text::split(text::trim(result.err), '\n');
  return lines.back().empty() ? sys::to_string(result.status) : lines.back();
}

/// Errc::not_found when the engine is not here, Errc::subprocess when it does not answer.
Result<void> check_engine(Engine engine, Io& io) {
  if (sys::find_program(to_string(engine), io.environment).empty())
    return fail(Errc::not_found,
                fmt::format("{} is not installed here", to_string(engine)),
                "apt-get install " + package_of(engine));
  // docker's client alone is no engine: only the answer of its daemon has a Server.
  const std::vector<std::string> question =
      engine == Engine::docker
          ? std::vector<std::string>{"version", "--format", "{{.Server.Version}}"}
          : std::vector<std::string>{"version"};
  RS_TRY_ASSIGN(const auto result, run_engine(engine, question, kAnswerSeconds, io));
  if (result.status.ok()) return {};
  return fail(Errc::subprocess,
              fmt::format("{} does not answer: {}", to_string(engine), complaint(result)),
              engine == Engine::docker ? "start its daemon, or point DOCKER_HOST at one"
                                       : fmt::format("see `{} info`", to_string(engine)));
}

/// nullopt when the engine has no such image.
Result<std::optional<EngineImage>> look_up(const std::string& image, Engine engine, Io& io) {
  const std::vector<std::string> question =
      engine == Engine::buildah
          ? std::vector<std::string>{"inspect", "--type", "image", "--", image}
          : std::vector<std::string>{"image", "inspect", "--", image};
  RS_TRY_ASSIGN(const auto result, run_engine(engine, question, kAnswerSeconds, io));
  if (result.status.ok()) {
    RS_TRY_ASSIGN(auto labels, read_labels(result.out));
    return std::optional<EngineImage>({engine, std::move(labels)});
  }
  const auto said = text::to_lower(result.err);
  for (const auto* missing : {"no such image", "image not known", "not found"})
    if (said.find(missing) != std::string::npos) return std::optional<EngineImage>();
  return fail(
      Errc::subprocess,
      fmt::format("{} cannot look at image '{}': {}", to_string(engine), image, complaint(result)));
}

tl::unexpected<Error> no_image(const std::string& image, const std::vector<Engine>& asked) {
  std::vector<std::string> names;
  for (const auto engine : asked)
    names.emplace_back(to_string(engine));
  return fail(Errc::not_found,
              fmt::format("{} has no image '{}'", text::join(names, ", nor has "), image),
              fmt::format("{} pull {}", names.front(), text::shell_quote(image)));
}

}  // namespace

const char* to_string(Engine engine) {
  constexpr std::array kNames = {"docker", "podman", "buildah"};
  return kNames.at(static_cast<std::size_t>(engine));
}

Result<sys::ProcessResult> run_engine(Engine engine,
                                      const std::vector<std::string>& arguments,
                                      double timeout,
                                      Io& io) {
  sys::Command command;
  command.argv = {to_string(engine)};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  command.env = io.environment;
  command.timeout_seconds = timeout;
  return io.processes.run(command);
}

Result<EngineImage> find_image(const std::string& image, std::optional<Engine> engine, Io& io) {
  std::vector<Engine> asked;
  std::optional<Error> silent;
  for (const auto candidate : {Engine::docker, Engine::podman, Engine::buildah}) {
    if (engine && candidate != *engine) continue;
    if (auto answers = check_engine(candidate, io); !answers) {
      if (engine || answers.error().code == Errc::interrupted)
        return tl::unexpected<Error>(std::move(answers).error());
      if (answers.error().code == Errc::subprocess && !silent) silent = answers.error();
      continue;
    }
    asked.push_back(candidate);
    RS_TRY_ASSIGN(auto found, look_up(image, candidate, io));
    if (found) return *std::move(found);
  }
  if (!asked.empty()) return no_image(image, asked);
  if (silent) return tl::unexpected<Error>(*std::move(silent));
  return fail(Errc::not_found,
              "there is no container engine here: docker, podman and buildah are known",
              "apt-get install docker.io, or podman, or buildah");
}

Result<std::map<std::string, std::string>> read_labels(std::string_view inspected) {
  RS_TRY_ASSIGN(const auto json, parse_json(inspected));
  const bool is_list = json.is_array() && !json.empty();
  const nlohmann::json* record = is_list ? &json.front() : &json;
  if (!record->is_object())
    return fail(Errc::invalid_input, "what the engine says of the image is no record");
  const auto keys = is_list ? std::vector<const char*>{"Config", "Labels"}
                            : std::vector<const char*>{"OCIv1", "config", "Labels"};
  std::map<std::string, std::string> labels;
  for (const auto* key : keys) {
    const auto found = record->find(key);
    if (found == record->end() || !found->is_object()) return labels;
    record = &*found;
  }
  for (const auto& [name, value] : record->items())
    if (value.is_string()) labels[name] = value.get<std::string>();
  return labels;
}

}  // namespace rockstage::smoke
