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

/// An image of a container engine. docker and podman run each program in a container of its own,
/// without a network, with a copy of the tree where it stands on this machine (their daemon may be
/// on another one); buildah mounts it read-only. Without a tree the image's own search paths count.
/// Errc::not_found: no engine, no such image (none is pulled), no interpreter in it.
struct ImageRunRequest {
  std::string image;
  std::optional<Engine> engine;  ///< unset: the first that answers and has the image
  std::string interpreter;       ///< empty: found in the image
  lua::Lua lua = lua::Lua::luajit;
  std::string tree;  ///< on this machine; empty: the image's own search paths
  std::optional<unsigned> uid;
};

Result<Launcher> image_launcher(const ImageRunRequest& request, Io& io);

/// The modules that the image's label io.rockstage.modules names; Errc::not_found where it has
/// none.
Result<std::vector<Module>> modules_of_image(const ImageRunRequest& request, Io& io);

/// A real nginx worker: each program runs inside content_by_lua of a server on a local socket,
/// started and ended for it; the worker must answer and live on, else the attempt ends as the
/// worker did. Standard output of a worker is none: print, io.write and io.stdout are led to a file
/// around the program. `nginx` is its path, empty for the one on PATH; with `uid` master and worker
/// run as that user. Errc::not_found names the packages.
struct NginxRequest {
  std::string nginx;
  std::string tree;
  std::optional<unsigned> uid;
};

Result<Launcher> nginx_launcher(const NginxRequest& request, Io& io);

}  // namespace rockstage::smoke
