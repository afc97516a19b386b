#pragma once
#include "lua/types.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace rockstage::runtime {

/// A list of search templates (`/usr/local/lib/lua/5.1/?.so`), in search order; `{triplet}` is the
/// multiarch triplet of the platform.
struct SearchPaths {
  std::vector<std::string> path;   ///< Lua files
  std::vector<std::string> cpath;  ///< native modules
  bool verified = false;
};

struct Libc {
  std::string family;   ///< "glibc", "musl"; empty when it is open
  std::string version;  ///< "2.36"; empty when it is open
  bool verified = false;
};

struct User {
  std::string name;
  std::int64_t uid = -1;  ///< -1: unknown
  std::int64_t gid = -1;
  bool verified = false;
};

/// Where a tree is copied to in an image; `{V}` is the version directory.
struct Destination {
  std::string name;
  std::string lua;  ///< takes share/lua/V; empty for none
  std::string so;   ///< takes lib/lua/V
  bool flat = false;
  std::string chown;
  std::string needs;  ///< "none", or a kind of configuration snippet
  bool verified = false;
};

struct Tool {
  std::string name;
  bool present = false;
  bool verified = false;
};

/// What is known about one family of images (runtimes.yaml). Verified facts were measured or read
/// in the image's source; others are defaults for planning, and the real image always wins.
struct Profile {
  std::string name;  ///< "apisix-debian"
  std::string title;
  std::string base;
  std::vector<std::string> images;
  std::string distro_id, distro_version;
  Libc libc;
  std::vector<std::string> platforms;  ///< "linux/amd64"
  lua::Lua lua = lua::Lua::luajit;
  std::string version_directory;
  std::string interpreter;
  std::string lua_library;  ///< path; empty when the interpreter has the VM inside
  std::vector<std::pair<std::string, SearchPaths>> search;  ///< "luajit", "nginx", "resty", "cli"
  std::vector<Destination> destinations;                    ///< the default first
  User user, worker_user;
  std::vector<Tool> tools;
  std::vector<std::string> libraries;          ///< sonames that are there, verified
  std::vector<std::string> assumed_libraries;  ///< sonames that are probably there
  std::vector<std::string> builtin_modules;  ///< modules of the VM and its host, e.g. "ffi", "ngx"
  bool lua_path_env = false;
  std::string rocks_tree;
  std::vector<std::string> entrypoint, cmd;
  std::string stop_signal;
  std::string config_snippet;
  std::string builder_image;
  Libc builder_libc;
  std::vector<std::string> notes;
};

}  // namespace rockstage::runtime
