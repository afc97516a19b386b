#include "cli/dockerfile_sources.hpp"

#include "base/text.hpp"
#include "cargo/manifest_facts.hpp"
#include "cargo/paths.hpp"
#include "source/git_fetch.hpp"
#include "source/open.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace rockstage::cli {
namespace {

// The directories of the official Rust image.
constexpr const char* kBuilderHome = "/root";
constexpr const char* kBuilderCargoHome = "/usr/local/cargo";
constexpr const char* kBuilderRustupHome = "/usr/local/rustup";

source::Request request_for(const Invocation& invocation, const std::string& argument) {
  source::Request request;
  request.argument = argument;
  request.manifest_path = invocation.single("manifest-path");
  request.package = invocation.single("package");
  request.isolated = invocation.isolated;
  return request;
}

class SourceOpener {
 public:
  SourceOpener(const Invocation& invocation, Io& io, Diagnostics& diagnostics)
      : invocation_(invocation), io_(io), diagnostics_(diagnostics) {}

  Result<ImageSources> run() {
    auto arguments = invocation_.arguments;
    if (arguments.empty()) arguments.emplace_back(".");
    for (const auto& argument : arguments) {
      RS_TRY_ASSIGN(auto source, open(argument));
      RS_TRY(check_new(source.rock));
      out_.sources.push_back(std::move(source));
    }
    RS_TRY(find_context());
    RS_TRY_ASSIGN(out_.project, source::find_project(request_for(invocation_, out_.context), io_));
    return std::move(out_);
  }

 private:
  Result<ImageSource> open(const std::string& argument) {
    RS_TRY_ASSIGN(const auto git, source::parse_git_source(argument));
    ImageSource out;
    auto directory = argument;
    if (git) {
      RS_TRY_ASSIGN(directory, fetch(*git, out));
    }
    RS_TRY_ASSIGN(out.rock, source::open(request_for(invocation_, directory), io_, diagnostics_));
    return out;
  }

  Result<std::string> fetch(const source::GitSource& git, ImageSource& out) {
    RS_TRY_ASSIGN(out.git_commit, source::resolve_commit(git, io_));
    out.git_url = git.url;
    if (out.git_commit != git.revision)
      diagnostics_.note(fmt::format("{} of {} is {} now, and that is what the Dockerfile builds",
                                    git.revision.empty() ? "HEAD" : "'" + git.revision + "'",
                                    git.url,
                                    out.git_commit));
    if (git.url.starts_with("file:"))
      diagnostics_.warning(
          fmt::format("a builder cannot reach '{}', which is on this machine", git.url),
          "name the repository by a URL that the builder can reach");
    if (!out_.clones) {
      const auto parent = io_.environment.get_nonempty("TMPDIR").value_or("/tmp");
      RS_TRY_ASSIGN(auto made, sys::TempDir::make(parent, "rockstage-git-"));
      out_.clones = std::move(made);
    }
    const auto place = sys::join(out_.clones->path(), std::to_string(out_.sources.size()));
    RS_TRY(sys::make_directories(place, 0700));
    auto directory = sys::join(place, source::repository_name(git.url));
    RS_TRY(source::fetch_commit(git.url, out.git_commit, directory, io_));
    return directory;
  }

  Result<void> check_new(const source::Rock& rock) {
    const auto same = std::ranges::find(out_.sources, rock.spec.name, [](const ImageSource& known) {
      return known.rock.spec.name;
    });
    if (same == out_.sources.end()) return {};
    return fail(Errc::usage,
                fmt::format("'{}' and '{}' are both the rock {}",
                            same->rock.directory,
                            rock.directory,
                            rock.spec.name),
                "name each rock once");
  }

  /// The nearest directory that holds all rocks which are on disk.
  Result<void> find_context() {
    for (const auto& source : out_.sources) {
      if (!source.git_url.empty()) continue;
      const auto& directory = source.rock.directory;
      if (out_.context.empty()) out_.context = directory;
      while (!cargo::is_below(directory, out_.context))
        out_.context = sys::parent(out_.context);
    }
    if (out_.context.empty()) out_.context = sys::absolute(".");
    if (out_.context != "/") return {};
    return fail(Errc::usage,
                "the SOURCEs have no directory in common but '/', which is too much for a build",
                "put them below one directory");
  }

  const Invocation& invocation_;
  Io& io_;
  Diagnostics& diagnostics_;
  ImageSources out_;
};

/// What the builder stage offers: the tools by their names, and headers and libraries where the
/// packages of Debian and Alpine put them.
plan::HostFacts builder_facts(const source::Rock& rock, const plan::BuildOptions& options) {
  plan::HostFacts facts;
  facts.tools = {{"AR", "ar"},
                 {"CC", "gcc"},
                 {"CFLAGS", "-O2 -fPIC"},
                 {"CHMOD", "chmod"},
                 {"CMAKE", "cmake"},
                 {"CP", "cp"},
                 {"LD", "gcc"},
                 {"LDFLAGS", ""},
                 {"LIBFLAG", "-shared"},
                 {"LS", "ls"},
                 {"MAKE", "make"},
                 {"MKDIR", "mkdir"},
                 {"PWD", "pwd"},
                 {"RANLIB", "ranlib"},
                 {"RM", "rm"},
                 {"RMDIR", "rmdir"},
                 {"TOUCH", "touch"},
                 {"LIB_EXTENSION", "so"},
                 {"OBJ_EXTENSION", "o"}};
  facts.lua_incdir = {{"luajit", "/usr/include/luajit-2.1"},
                      {"5.1", "/usr/include/lua5.1"},
                      {"5.2", "/usr/include/lua5.2"},
                      {"5.3", "/usr/include/lua5.3"},
                      {"5.4", "/usr/include/lua5.4"},
                      {"5.5", "/usr/include/lua5.5"}};
  for (const auto& external : rock.spec.external_dependencies) {
    const auto prefix = [&options, &external] {
      const auto given = options.variables.find(external.name + "_DIR");
      return given == options.variables.end() ? std::string("/usr") : given->second;
    }();
    facts.externals[external.name + "_DIR"] = prefix;
    facts.externals[external.name + "_BINDIR"] = prefix + "/bin";
    facts.externals[external.name + "_INCDIR"] = prefix + "/include";
    facts.externals[external.name + "_LIBDIR"] = prefix + "/lib";
  }
  return facts;
}

/// What is copied into the builder is the rock's directory, and nothing beside it.
Result<void> check_within(const source::Rock& rock, const cargo::CrateFacts& crate) {
  const auto check = [&rock](const std::string& directory, const char* what) -> Result<void> {
    if (cargo::is_below(directory, rock.directory)) return {};
    return fail(
        Errc::usage,
        fmt::format("{} of {}, '{}', lies outside of its directory '{}'",
                    what,
                    rock.spec.name,
                    directory,
                    rock.directory),
        "name a directory as SOURCE that holds both; its rockstage.yaml says where the rock "
        "is (rock, or build.manifest)");
  };
  RS_TRY(check(crate.metadata.workspace_root, "the cargo workspace"));
  for (const auto& directory : crate.outside_path_dependencies)
    RS_TRY(check(directory, "a path dependency"));
  return {};
}

Result<cargo::CrateFacts> crate_facts(const source::Rock& rock, const plan::BuildOptions& options) {
  cargo::InspectRequest request;
  RS_TRY_ASSIGN(request.manifest_path, plan::manifest_path(rock.spec, rock.directory, options));
  request.targets = options.targets;
  RS_TRY_ASSIGN(auto profile, plan::profile_name(rock.spec, options));
  request.profiles.push_back(std::move(profile));
  RS_TRY_ASSIGN(auto facts, cargo::read_crate(request, rock.directory));
  RS_TRY(check_within(rock, facts));
  facts.toolchain.cargo_home = kBuilderCargoHome;
  facts.toolchain.rustup_home = kBuilderRustupHome;
  return facts;
}

/// Whether `dockerfile` wrote the file in an earlier run: what it writes must not depend on that.
bool is_generated(const std::string& path) {
  constexpr std::array<std::string_view, 9> kNames = {".dockerignore",
                                                      "Dockerfile",
                                                      "Dockerfile.dockerignore",
                                                      "apisix-config.yaml",
                                                      "docker-bake.json",
                                                      "files.cst.yaml",
                                                      "kong.env",
                                                      "smoke.cst.yaml",
                                                      "smoke.lua"};
  const auto name = sys::base_name(path);
  if (std::ranges::find(kNames, name) == kNames.end()) return false;
  const auto text = sys::read_file(path);
  return text && emit::is_ours(name, *text);
}

emit::ImageRock described(const ImageSource& source, const std::string& context) {
  const auto& rock = source.rock;
  emit::ImageRock out;
  out.name = rock.spec.name;
  out.version = rock.spec.version;
  out.summary = rock.spec.description.summary;
  out.license = rock.spec.description.license;
  out.homepage = rock.spec.description.homepage;
  out.git_url = source.git_url;
  out.git_commit = source.git_commit;
  if (source.git_url.empty() && rock.directory != context)
    out.directory = sys::relative_to(rock.directory, context);
  // A checkout's own revision changes with each commit, that of the written files too: they would
  // never be up to date.
  out.revision = source.git_commit;
  std::ranges::copy_if(rock.files, std::back_inserter(out.files), [&rock](const auto& file) {
    return !is_generated(sys::join(rock.directory, file));
  });
  out.has_lock_file = std::ranges::binary_search(rock.files, "Cargo.lock");
  if (!rock.rockspec_path.empty())
    out.rockspec = sys::relative_to(rock.rockspec_path, rock.directory);
  for (const auto& external : rock.spec.external_dependencies)
    if (!external.library.empty()) out.libraries.push_back(external.library);
  return out;
}

/// The crates of a lock file that stand for libraries of the system.
Result<std::vector<std::string>> sys_crates(const std::string& lock_file) {
  std::vector<std::string> out;
  if (!sys::is_file(lock_file)) return out;
  RS_TRY_ASSIGN(out, cargo::locked_packages(lock_file));
  std::erase_if(out, [](const std::string& name) { return !name.ends_with("-sys"); });
  return out;
}

}  // namespace

Result<ImageSources> open_image_sources(const Invocation& invocation,
                                        Io& io,
                                        Diagnostics& diagnostics) {
  return SourceOpener(invocation, io, diagnostics).run();
}

Result<emit::ImageRock> plan_for_image(const ImageSource& source,
                                       const std::string& context,
                                       const plan::BuildOptions& options,
                                       Diagnostics& diagnostics) {
  const auto& rock = source.rock;
  auto out = described(source, context);
  auto own_options = options;
  // One tree for each platform; none of them is on this machine.
  own_options.tree = options.targets.size() > 1 ? "/rock/{target}" : "/rock";
  own_options.target_dir = sys::join(rock.directory, "target");

  plan::Inputs inputs;
  inputs.spec = &rock.spec;
  inputs.directory = rock.directory;
  inputs.files = out.files;
  inputs.licence_files = rock.licence_files;
  inputs.document_files = rock.document_files;
  inputs.host = builder_facts(rock, options);
  inputs.machine = plan::Machine::of_the_target;
  inputs.home = kBuilderHome;
  std::optional<cargo::CrateFacts> crate;
  if (rock.spec.build_type == "rust-mlua") {
    RS_TRY_ASSIGN(crate, crate_facts(rock, options));
    out.has_lock_file = crate->lock == cargo::LockState::fresh;
    inputs.crate = &*crate;
  }
  RS_TRY_ASSIGN(out.sys_crates,
                sys_crates(crate ? crate->lock_file : sys::join(rock.directory, "Cargo.lock")));
  RS_TRY_ASSIGN(out.plan, plan::make(inputs, own_options, diagnostics));
  return out;
}

}  // namespace rockstage::cli
