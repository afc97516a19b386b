#pragma once
#include "smoke/types.hpp"
#include "sys/io.hpp"

#include <optional>
#include <string>
#include <vector>

// Where modules are loaded.
namespace rockstage::smoke {

/// An interpreter on this machine. `program` is a path, or a Lua's name for the one on PATH. The
/// child gets only the tree on its paths, no LD_LIBRARY_PATH, stdin closed; with `uid` it runs as
/// that user. Errc::not_found names the package.
struct LocalRequest {
  std::string program;
  lua::Lua lua = lua::Lua::luajit;
  std::string tree;
  std::optional<unsigned> uid;
};

Result<Launcher> local_launcher(const LocalRequest& request, Io& io);

enum class Engine { docker, podman, buildah };
const char* to_string(Engine engine);

/// An image of a container engine. The tree is mounted read-only where it stands on this machine,
/// or, without one, is where the image has it. Errc::not_found: no engine, no such image, no
/// interpreter in it.
struct ImageRunRequest {
  std::string image;
  std::optional<Engine> engine;  ///< unset: the first that is here and answers
  std::string interpreter;       ///< empty: found in the image
  lua::Lua lua = lua::Lua::luajit;
  std::string tree;  ///< on this machine; empty: the image's own search paths
  std::optional<unsigned> uid;
};

Result<Launcher> image_launcher(const ImageRunRequest& request, Io& io);

/// The modules that the image's label io.rockstage.modules names; Errc::not_found where it has
/// none.
Result<std::vector<Module>> modules_of_image(const ImageRunRequest& request, Io& io);

/// A real nginx worker: each program runs inside content_by_lua of a server on a loopback port,
/// started and ended for it; the worker must answer and live on. `nginx` is its path, empty for the
/// one on PATH.
struct NginxRequest {
  std::string nginx;
  std::string tree;
  std::optional<unsigned> uid;
};

Result<Launcher> nginx_launcher(const NginxRequest& request, Io& io);

}  // namespace rockstage::smoke
