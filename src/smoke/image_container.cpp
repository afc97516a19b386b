#include "smoke/image_container.hpp"

#include "base/text.hpp"
#include "smoke/interpreter.hpp"
#include "smoke/program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csignal>

namespace rockstage::smoke {
namespace {

constexpr double kEngineSeconds = 60;  // for what the engine does besides running the program
constexpr int kCannotExecute = 126;    // what shells, and engines after them, exit with
constexpr int kNoSuchProgram = 127;

struct SignalName {
  const char* name;  ///< as Go's syscall.Signal has it
  int number;
};

/// Those that end programs which crash, or which the kernel kills.
constexpr std::array kCrashSignals = {
    SignalName{"illegal instruction", SIGILL},
    SignalName{"trace/breakpoint trap", SIGTRAP},
    SignalName{"aborted", SIGABRT},
    SignalName{"bus error", SIGBUS},
    SignalName{"floating point exception", SIGFPE},
    SignalName{"killed", SIGKILL},
    SignalName{"segmentation fault", SIGSEGV},
    SignalName{"bad system call", SIGSYS},
};

tl::unexpected<Error> engine_failed(Engine engine, std::string_view doing, std::string_view err) {
  const auto lines = text::split(text::trim(err), '\n');
  return fail(Errc::subprocess,
              fmt::format("{} cannot {}: {}", to_string(engine), doing, lines.back()));
}

tl::unexpected<Error> no_interpreter(const std::string& interpreter, const std::string& image) {
  return fail(Errc::not_found,
              fmt::format("image '{}' has no interpreter '{}'", image, interpreter),
              "name the one it has with --lua PATH");
}

/// What an engine says of a program that is not in the image.
bool is_missing_program(std::string_view err) {
  for (const auto* words : {"executable file not found", "no such file or directory"})
    if (text::to_lower(err).find(words) != std::string::npos) return true;
  return false;
}

/// An engine command that must succeed.
Result<std::string> must_run(Engine engine,
                             const std::vector<std::string>& arguments,
                             std::string_view doing,
                             Io& io) {
  RS_TRY_ASSIGN(auto result, run_engine(engine, arguments, kEngineSeconds, io));
  if (!result.status.ok())
    return engine_failed(
        engine,
        doing,
        result.timed_out ? fmt::format("no end after {} s", kEngineSeconds) : result.err);
  return std::string(text::trim(result.out));
}

/// docker, podman.
class FreshContainers final : public ImageRunner {
 public:
  FreshContainers(Engine engine, const ImageRunRequest& request, Io& io)
      : engine_(engine), request_(request), io_(io) {}

  Result<Attempt> run(const std::string& interpreter,
                      const std::string& code,
                      double timeout,
                      Purpose purpose) override {
    const auto name = "rockstage-smoke-" + new_token();
    auto attempt = run_in(name, {interpreter, "-e", code}, timeout, purpose);
    // It removes itself after a program that ended.
    if (!attempt || attempt->timed_out) {
      [[maybe_unused]] const auto gone =
          run_engine(engine_, {"rm", "--force", "--volumes", name}, kEngineSeconds, io_);
    }
    return attempt;
  }

 private:
  enum class Init { yes, no };

  Result<Attempt> run_in(const std::string& name,
                         const std::vector<std::string>& program,
                         double timeout,
                         Purpose purpose) {
    const bool probing = purpose == Purpose::probe;
    const auto tree = probing ? std::string() : request_.tree;
    RS_TRY(create(name, program, tree));
    if (!tree.empty())
      RS_TRY(must_run(
          engine_, {"cp", tree + "/.", name + ":" + tree}, "copy the tree into a container", io_));
    const auto start = io_.terminal.seconds();
    RS_TRY_ASSIGN(auto result, run_engine(engine_, {"start", "--attach", name}, timeout, io_));
    const auto seconds = io_.terminal.seconds() - start;
    const bool failed = !result.timed_out && is_engine_failure(result.err, name);
    if (failed && !(probing && is_missing_program(result.err)))
      return engine_failed(engine_, fmt::format("run '{}'", request_.image), result.err);
    const auto code = result.status.code;
    if (probing && (failed || code == kNoSuchProgram || code == kCannotExecute))
      return no_interpreter(program.front(), request_.image);
    if (!result.timed_out) result.status = status_of_code(result.status.code);
    return to_attempt(std::move(result), seconds);
  }

  /// The first process of a container does not get the signal that abort() sends, so that an abort
  /// would look like a segmentation fault: an init goes first, where the engine has one.
  Result<void> create(const std::string& name,
                      const std::vector<std::string>& program,
                      const std::string& tree) {
    auto made = must_run(engine_, create_arguments(name, program, tree), doing(), io_);
    if (!made && init_ == Init::yes && made.error().message.find("init") != std::string::npos) {
      init_ = Init::no;
      made = must_run(engine_, create_arguments(name, program, tree), doing(), io_);
    }
    if (!made) return tl::unexpected<Error>(std::move(made).error());
    return {};
  }

  [[nodiscard]] std::string doing() const {
    return fmt::format("make a container of '{}'", request_.image);
  }

  [[nodiscard]] std::vector<std::string> create_arguments(const std::string& name,
                                                          const std::vector<std::string>& program,
                                                          const std::string& tree) const {
    std::vector<std::string> arguments = {
        "create", "--rm", "--name", name, "--network=none", "--entrypoint", program.front()};
    if (init_ == Init::yes) arguments.emplace_back("--init");
    if (request_.uid) arguments.push_back(fmt::format("--user={}", *request_.uid));
    // A volume without a name: the directory is made, and goes with the container.
    if (!tree.empty())
      arguments.push_back(
          fmt::format("--mount=type=volume,\"target={}\"", text::replace_all(tree, "\"", "\"\"")));
    arguments.push_back(request_.image);
    arguments.insert(arguments.end(), program.begin() + 1, program.end());
    return arguments;
  }

  Engine engine_;
  ImageRunRequest request_;
  Io& io_;
  Init init_ = Init::yes;
};

class BuildahContainer final : public ImageRunner {
 public:
  BuildahContainer(std::string container, const ImageRunRequest& request, Io& io)
      : container_(std::move(container)), request_(request), io_(io) {}

  BuildahContainer(const BuildahContainer&) = delete;
  BuildahContainer& operator=(const BuildahContainer&) = delete;

  ~BuildahContainer() override {
    [[maybe_unused]] const auto gone =
        run_engine(Engine::buildah, {"rm", container_}, kEngineSeconds, io_);
  }

  Result<Attempt> run(const std::string& interpreter,
                      const std::string& code,
                      double timeout,
                      Purpose purpose) override {
    std::vector<std::string> arguments = {"run", "--isolation=chroot"};
    if (request_.uid) arguments.push_back(fmt::format("--user={}", *request_.uid));
    if (!request_.tree.empty())
      arguments.push_back(fmt::format("--volume={0}:{0}:ro", request_.tree));
    for (const auto& argument :
         {container_, std::string("--"), interpreter, std::string("-e"), code})
      arguments.push_back(argument);
    const auto start = io_.terminal.seconds();
    RS_TRY_ASSIGN(auto result, run_engine(Engine::buildah, arguments, timeout, io_));
    const auto seconds = io_.terminal.seconds() - start;
    if (!result.timed_out && !result.status.ok()) {
      if (purpose == Purpose::probe
          && result.err.find("process failed to start with error") != std::string::npos)
        return no_interpreter(interpreter, request_.image);
      if (result.err.find("subprocess exited ") == std::string::npos)
        return engine_failed(Engine::buildah, fmt::format("run '{}'", request_.image), result.err);
      result.status = take_buildah_status(result.status.code, result.err);
    }
    return to_attempt(std::move(result), seconds);
  }

 private:
  std::string container_;
  ImageRunRequest request_;
  Io& io_;
};

}  // namespace

Result<std::unique_ptr<ImageRunner>> make_image_runner(Engine engine,
                                                       const ImageRunRequest& request,
                                                       Io& io) {
  if (engine != Engine::buildah)
    return std::unique_ptr<ImageRunner>(std::make_unique<FreshContainers>(engine, request, io));
  if (request.tree.find_first_of(":,") != std::string::npos)
    return fail(Errc::invalid_input,
                fmt::format("buildah cannot mount '{}': its path has a ':' or ','", request.tree),
                "move the tree, or use docker or podman");
  RS_TRY_ASSIGN(auto container,
                must_run(engine,
                         {"from", "--pull-never", "--", request.image},
                         fmt::format("make a container of '{}'", request.image),
                         io));
  return std::unique_ptr<ImageRunner>(
      std::make_unique<BuildahContainer>(std::move(container), request, io));
}

sys::ExitStatus status_of_code(int code) {
  constexpr int kSignalBase = 128;
  for (const auto& signal : kCrashSignals)
    if (code == kSignalBase + signal.number) return {0, signal.number};
  return {code, 0};
}

sys::ExitStatus take_buildah_status(int code, std::string& err) {
  constexpr std::string_view kExited = "subprocess exited on ";
  const auto at = err.find("subprocess exited ");
  if (at == std::string::npos) return {code, 0};
  const auto said = std::string_view(err).substr(at);
  sys::ExitStatus status{code, 0};
  if (said.starts_with(kExited)) {
    const auto name = said.substr(kExited.size());
    for (const auto& signal : kCrashSignals)
      if (name.starts_with(signal.name)) status = {0, signal.number};
  }
  err.erase(at);
  return status;
}

bool is_engine_failure(std::string_view err, std::string_view container) {
  for (const auto& line : text::split(err, '\n'))
    if (line.starts_with("Error")
        && (line.find(container) != std::string::npos
            || line.find("unable to start container") != std::string::npos
            || line.find("response from daemon") != std::string::npos))
      return true;
  return false;
}

}  // namespace rockstage::smoke
