#include "base/text.hpp"
#include "smoke/image_container.hpp"
#include "smoke/interpreter.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rockstage::smoke {
namespace {

constexpr double kProbeSeconds = 60;
constexpr const char* kModulesLabel = "io.rockstage.modules";

/// Gateways' images have theirs beside others.
std::vector<std::string> candidates(const ImageRunRequest& request) {
  if (!request.interpreter.empty()) return {request.interpreter};
  return interpreter_names(lua::is_luajit(request.lua) ? lua::Lua::openresty : request.lua);
}

struct Interpreter {
  std::string program;
  Identity identity;
  double seconds = 0;  ///< what the engine takes to run next to nothing
};

Result<Interpreter> find_interpreter(ImageRunner& runner, const ImageRunRequest& request) {
  for (const auto& program : candidates(request)) {
    const auto attempt = runner.run(program, kIdentityCode, kProbeSeconds, Purpose::probe);
    if (!attempt && attempt.error().code != Errc::not_found)
      return tl::unexpected<Error>(attempt.error());
    if (!attempt) continue;
    const auto identity = attempt->status.ok() ? read_identity(attempt->out) : std::nullopt;
    const bool fits = identity && identity->lua
                      && (!request.interpreter.empty() || is_one(*identity, request.lua));
    if (fits) return Interpreter{program, *identity, attempt->seconds};
    if (!request.interpreter.empty())
      return fail(Errc::not_found,
                  fmt::format("'{}' of image '{}' is no Lua", program, request.image),
                  "name the Lua interpreter of the image with --lua PATH");
  }
  return fail(
      Errc::not_found,
      fmt::format("image '{}' has no {}: looked for {}",
                  request.image,
                  request.interpreter.empty() ? "interpreter of " + lua::to_string(request.lua)
                                              : "such interpreter",
                  text::join(candidates(request), ", ")),
      "name the one it has with --lua PATH");
}

}  // namespace

Result<Launcher> image_launcher(const ImageRunRequest& asked, Io& io) {
  auto request = asked;
  if (!request.tree.empty()) request.tree = sys::absolute(request.tree);
  RS_TRY_ASSIGN(const auto image, find_image(request.image, request.engine, io));
  RS_TRY_ASSIGN(auto made, make_image_runner(image.engine, request, io));
  const std::shared_ptr<ImageRunner> runner = std::move(made);
  RS_TRY_ASSIGN(const auto interpreter, find_interpreter(*runner, request));
  Launcher launcher;
  launcher.runtime = fmt::format("{} image {} ({}, {})",
                                 to_string(image.engine),
                                 request.image,
                                 interpreter.program,
                                 interpreter.identity.version);
  launcher.tree = request.tree;
  launcher.lua = *interpreter.identity.lua;
  launcher.uid = request.uid;
  // The time is the program's; what the engine takes to start it varies, so twice that comes on
  // top.
  launcher.launch = [runner, program = interpreter.program, start = 2 * interpreter.seconds](
                        const std::string& code, double timeout) -> Result<Attempt> {
    RS_TRY(check_length(code));
    return runner->run(program, code, timeout + start, Purpose::program);
  };
  return launcher;
}

Result<std::vector<Module>> modules_of_image(const ImageRunRequest& request, Io& io) {
  RS_TRY_ASSIGN(const auto image, find_image(request.image, request.engine, io));
  const auto label = image.labels.find(kModulesLabel);
  std::vector<std::string> names;
  if (label != image.labels.end()) names = text::split(label->second, ' ');
  std::erase(names, std::string());
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  if (names.empty())
    return fail(Errc::not_found,
                fmt::format("image '{}' does not say which modules it has (label {})",
                            request.image,
                            kModulesLabel),
                "name them with --module, or the tree that they came from");
  std::vector<Module> modules;
  for (const auto& name : names)
    modules.push_back({name, {}, Module::Kind::lua, {}});
  return modules;
}

}  // namespace rockstage::smoke
