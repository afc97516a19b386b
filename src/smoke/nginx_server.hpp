#pragma once
#include "smoke/nginx_program.hpp"
#include "smoke/types.hpp"
#include "sys/background.hpp"
#include "sys/temp_dir.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace rockstage::smoke {

/// An nginx of our own with one worker, in a directory of its own; both go with the object.
class NginxServer {
 public:
  /// Starts it for one program, as `uid` where that is another user. Errc::subprocess with nginx's
  /// own message when it does not come up.
  static Result<NginxServer> start(const NginxProgram& nginx,
                                   std::optional<unsigned> uid,
                                   const std::string& code,
                                   Io& io);

  /// Has the worker run the program. A worker that does not answer, or does not live on to answer
  /// once more, is an attempt that ended as the worker did.
  Result<Attempt> run(double timeout);

 private:
  NginxServer(sys::TempDir directory, Io& io) : directory_(std::move(directory)), io_(io) {}

  Result<void> write_files(const NginxProgram& nginx,
                           std::optional<unsigned> uid,
                           const std::string& code);
  Result<void> wait_until_up();
  /// The worker that answers now; empty when none does.
  [[nodiscard]] Result<std::string> worker() const;
  /// How the worker ended; waits for nginx to say so.
  [[nodiscard]] Result<std::optional<sys::ExitStatus>> end_of(const std::string& worker) const;
  [[nodiscard]] std::string path(const char* name) const;
  [[nodiscard]] std::string log() const;

  sys::TempDir directory_;
  Io& io_;
  std::unique_ptr<sys::Background> process_;  // after the directory: it ends first
};

/// An HTTP response, as far as we need it: 200, 500 …; 0 for no response. The body.
struct HttpResponse {
  int status = 0;
  std::string body;
};

HttpResponse read_response(std::string_view text);

/// How nginx's log says that a worker ended; nullopt when it does not say so.
std::optional<sys::ExitStatus> worker_end(std::string_view log, const std::string& worker);

/// What the program and Lua said in nginx's log: without nginx's own on its
/// workers.
std::string program_messages(std::string_view log);

}  // namespace rockstage::smoke
