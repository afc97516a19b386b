#include "smoke/nginx_server.hpp"

#include "base/text.hpp"
#include "sys/files.hpp"
#include "sys/interrupt.hpp"
#include "sys/local_socket.hpp"

#include <fmt/format.h>

#include <charconv>
#include <csignal>

namespace rockstage::smoke {
namespace {

constexpr double kStartSeconds = 20;
constexpr double kEndSeconds = 5;
constexpr double kAliveSeconds = 5;
constexpr double kPauseSeconds = 0.01;
constexpr std::uint64_t kLogLimit = std::uint64_t{16} << 20;
constexpr int kOk = 200;

std::string request(const char* location) {
  return fmt::format("GET {} HTTP/1.0\r\nHost: localhost\r\n\r\n", location);
}

int number(std::string_view digits) {
  int value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

}  // namespace

Result<NginxServer> NginxServer::start(const NginxProgram& nginx,
                                       std::optional<unsigned> uid,
                                       const std::string& code,
                                       Io& io) {
  RS_TRY_ASSIGN(auto directory,
                sys::TempDir::make(io.environment.get_nonempty("TMPDIR").value_or("/tmp"),
                                   "rockstage-nginx-"));
  NginxServer server(std::move(directory), io);
  if (uid == sys::current_user()) uid.reset();
  RS_TRY(server.write_files(nginx, uid, code));
  sys::Command command;
  command.cwd = sys::absolute(server.directory_.path());
  command.argv = {nginx.path, "-p", command.cwd + "/", "-c", kNginxConfig, "-e", kNginxErrors};
  command.env.set("PATH", io.environment.get("PATH").value_or("/usr/bin:/bin"));
  command.uid = uid;
  RS_TRY_ASSIGN(server.process_, sys::Background::start(command, server.path("stderr")));
  RS_TRY(server.wait_until_up());
  return server;
}

Result<void> NginxServer::write_files(const NginxProgram& nginx,
                                      std::optional<unsigned> uid,
                                      const std::string& code) {
  // A master that is root makes its workers nobody unless it is told whom.
  const bool root_master = sys::current_user() == 0 && !uid;
  RS_TRY(sys::write_file(path(kNginxConfig), nginx_config(nginx, root_master ? "root" : "")));
  RS_TRY(sys::write_file(path(kNginxWrapper), nginx_wrapper()));
  RS_TRY(sys::write_file(path(kNginxProgram), code));
  RS_TRY(sys::make_directories(path("temp")));
  if (!uid) return {};
  sys::Command command;
  command.argv = {"chown", "-R", fmt::format("{0}:{0}", *uid), directory_.path()};
  command.env = io_.environment;
  RS_TRY_ASSIGN(const auto result, io_.processes.run(command));
  if (!result.status.ok())
    return fail(Errc::io,
                fmt::format("cannot run nginx as user {}: {}", *uid, text::trim(result.err)),
                "only root can run it as another user");
  return {};
}

Result<void> NginxServer::wait_until_up() {
  const sys::Deadline deadline(kStartSeconds);
  while (!deadline.passed()) {
    RS_TRY_ASSIGN(const auto pid, worker());
    if (!pid.empty()) return {};
    if (process_->ended()) break;
    RS_TRY(sys::wait_interruptibly(kPauseSeconds));
  }
  const auto said = text::split(text::trim(program_messages(log())), '\n');
  return fail(Errc::subprocess,
              fmt::format("nginx does not start: {}",
                          said.back().empty() ? fmt::format("no answer within {} s", kStartSeconds)
                                              : said.back()));
}

Result<std::string> NginxServer::worker() const {
  auto answer = sys::ask_local_socket(path(kNginxSocket), request("/pid"), kAliveSeconds);
  if (!answer) {
    const auto& error = answer.error();
    if (error.code == Errc::interrupted || !error.hint.empty()) return tl::unexpected<Error>(error);
    return std::string();  // not yet there
  }
  const auto response = read_response(answer->text);
  return response.status == kOk ? response.body : std::string();
}

Result<Attempt> NginxServer::run(double timeout) {
  RS_TRY_ASSIGN(const auto before, worker());
  const auto start = io_.terminal.seconds();
  RS_TRY_ASSIGN(const auto answer,
                sys::ask_local_socket(path(kNginxSocket), request("/run"), timeout));
  Attempt attempt;
  attempt.seconds = io_.terminal.seconds() - start;
  attempt.timed_out = answer.timed_out;
  const auto status = read_response(answer.text).status;
  if (answer.timed_out) {
    attempt.status.signal = SIGKILL;
  } else {
    std::string after;
    if (status != 0) {
      RS_TRY_ASSIGN(after, worker());
    }
    attempt.status.code = status == kOk ? 0 : 1;
    if (after != before) {
      RS_TRY_ASSIGN(const auto end, end_of(before));
      attempt.status = end.value_or(sys::ExitStatus{1, 0});
    }
  }
  attempt.err = program_messages(log());
  if (sys::is_file(path(kNginxOutput))) {
    RS_TRY_ASSIGN(attempt.out, sys::read_file(path(kNginxOutput)));
    if (attempt.out.size() > sys::kCollectLimit)
      attempt.out.erase(0, attempt.out.size() - sys::kCollectLimit);
  }
  return attempt;
}

Result<std::optional<sys::ExitStatus>> NginxServer::end_of(const std::string& worker) const {
  const sys::Deadline deadline(kEndSeconds);
  for (;;) {
    auto end = worker_end(log(), worker);
    if (end || deadline.passed()) return end;
    RS_TRY(sys::wait_interruptibly(kPauseSeconds));
  }
}

std::string NginxServer::path(const char* name) const {
  return sys::join(directory_.path(), name);
}

std::string NginxServer::log() const {
  // What nginx says before it has opened its log, and what a panic writes, goes to stderr.
  std::string out;
  for (const auto* name : {"stderr", kNginxErrors})
    if (const auto text = sys::read_file(path(name), kLogLimit)) out += *text;
  return out;
}

HttpResponse read_response(std::string_view text) {
  constexpr std::string_view kVersion = "HTTP/1.";
  constexpr std::size_t kStatusAt = 9;  // HTTP/1.x NNN
  const auto end = text.find("\r\n\r\n");
  if (!text.starts_with(kVersion) || end == std::string_view::npos) return {};
  return {number(text.substr(kStatusAt, 3)), std::string(text.substr(end + 4))};
}

std::optional<sys::ExitStatus> worker_end(std::string_view log, const std::string& worker) {
  const auto said = fmt::format("worker process {} exited ", worker);
  const auto at = log.find(said);
  if (worker.empty() || at == std::string_view::npos) return std::nullopt;
  const auto how = log.substr(at + said.size());
  constexpr std::string_view kSignal = "on signal ";
  if (how.starts_with(kSignal)) return sys::ExitStatus{0, number(how.substr(kSignal.size()))};
  for (const std::string_view code : {"with code ", "with fatal code "})
    if (how.starts_with(code)) return sys::ExitStatus{number(how.substr(code.size())), 0};
  return std::nullopt;
}

std::string program_messages(std::string_view log) {
  std::string out;
  const auto is_notice = [](std::string_view line) {
    return line.find(" [notice] ") != std::string_view::npos
           || line.find("worker process ") != std::string_view::npos;
  };
  for (const auto& line : text::split(log, '\n'))
    if (!line.empty() && !is_notice(line)) out += fmt::format("{}\n", line);
  return out;
}

}  // namespace rockstage::smoke
