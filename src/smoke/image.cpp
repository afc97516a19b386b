#include "base/text.hpp"
#include "smoke/image_container.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rockstage::smoke {
namespace {

constexpr std::size_t kLongestCode = 120'000;  // one argument holds 128 KiB (MAX_ARG_STRLEN)
constexpr double kProbeSeconds = 60;
constexpr const char* kWho = "print(_VERSION) print(jit and jit.version or '')";
constexpr const char* kModulesLabel = "io.rockstage.modules";

/// Where images have the interpreter of a Lua, the likeliest first.
std::vector<std::string> candidates(const ImageRunRequest& request) {
  if (!request.interpreter.empty()) return {request.interpreter};
  if (lua::is_luajit(request.lua)) return {"/usr/local/openresty/luajit/bin/luajit", "luajit"};
  const auto version = lua::version_directory(request.lua);
  auto compact = version;
  std::erase(compact, '.');
  return {"lua" + version, "lua-" + version, "lua" + compact, "lua"};
}

struct Interpreter {
  std::string program;
  std::string version;  ///< "LuaJIT 2.1.0-beta3", "Lua 5.4"
  lua::Lua lua = lua::Lua::luajit;
  double seconds = 0;  ///< what the engine takes to run next to nothing
};

/// nullopt when what the program printed is not of a Lua.
std::optional<Interpreter> read_identity(const std::string& program, const Attempt& attempt) {
  constexpr std::string_view kPrefix = "Lua ";
  const auto lines = text::split(attempt.out, '\n');
  if (!attempt.status.ok() || lines.size() < 2 || !lines[0].starts_with(kPrefix))
    return std::nullopt;
  if (!lines[1].empty()) return Interpreter{program, lines[1], lua::Lua::luajit, attempt.seconds};
  const auto known = lua::parse_lua(lines[0].substr(kPrefix.size()));
  if (!known) return std::nullopt;
  return Interpreter{program, lines[0], *known, attempt.seconds};
}

bool fits(const Interpreter& found, const ImageRunRequest& request) {
  return !request.interpreter.empty() || found.lua == request.lua
         || (lua::is_luajit(found.lua) && lua::is_luajit(request.lua));
}

Result<Interpreter> find_interpreter(ImageRunner& runner, const ImageRunRequest& request) {
  for (const auto& program : candidates(request)) {
    const auto attempt = runner.run(program, kWho, kProbeSeconds, Purpose::probe);
    if (!attempt && attempt.error().code != Errc::not_found)
      return tl::unexpected<Error>(attempt.error());
    if (!attempt) continue;
    auto found = read_identity(program, *attempt);
    if (found && fits(*found, request)) return *std::move(found);
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
                                 interpreter.version);
  launcher.tree = request.tree;
  launcher.lua = interpreter.lua;
  launcher.uid = request.uid;
  // The time is the program's; what the engine takes to start it varies, so twice that comes on
  // top.
  launcher.launch = [runner, program = interpreter.program, start = 2 * interpreter.seconds](
                        const std::string& code, double timeout) -> Result<Attempt> {
    if (code.size() > kLongestCode)
      return fail(
          Errc::invalid_input,
          fmt::format("the Lua code has {} bytes, {} are the most", code.size(), kLongestCode),
          "let a short script require the rest");
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
  names.erase(std::ranges::unique(names).begin(), names.end());
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
