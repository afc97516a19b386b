#pragma once
#include "sys/io.hpp"

#include <string>
#include <string_view>
#include <vector>

// The nginx of this machine: where it is, and the configuration under which it serves one program.
namespace rockstage::smoke {

/// An nginx whose workers run Lua.
struct NginxProgram {
  std::string path;
  std::string version;               ///< "nginx/1.22.1", "openresty/1.25.3.2"
  std::vector<std::string> modules;  ///< files for load_module, in order; none when Lua is built in
  /// What it was built without, as its configure arguments say: "http_uwsgi_module".
  std::vector<std::string> left_out;
};

/// `path`, or the one on PATH or where packages put it. Errc::not_found names the packages that are
/// missing.
Result<NginxProgram> find_nginx(const std::string& path, Io& io);

/// Version and configure arguments in what `nginx -V` prints; `modules` stays empty.
NginxProgram read_nginx_version(std::string_view printed);

/// Files in the prefix directory of the server.
inline constexpr const char* kNginxConfig = "nginx.conf";
inline constexpr const char* kNginxErrors = "error.log";
inline constexpr const char* kNginxSocket = "socket";
inline constexpr const char* kNginxWrapper = "worker.lua";
inline constexpr const char* kNginxProgram = "program.lua";
inline constexpr const char* kNginxOutput = "output";

/// A server with one worker on the socket of its prefix: GET /run runs the wrapper, GET /pid
/// answers with the worker's process id. `user` is for a master that is root, else empty.
std::string nginx_config(const NginxProgram& nginx, const std::string& user);

/// The Lua code around a program: its standard output, `print` too, goes to the file kNginxOutput,
/// so that what was said before a crash or an os.exit is kept.
std::string nginx_wrapper();

}  // namespace rockstage::smoke
