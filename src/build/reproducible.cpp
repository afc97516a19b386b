#include "build/reproducible.hpp"

#include "base/text.hpp"
#include "build/places.hpp"
#include "build/work_copy.hpp"
#include "cargo/inspect.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <optional>
#include <thread>

namespace rockstage::build {
namespace {

/// A directory that holds a link to each entry of another, which need not exist.
Result<void> make_linked_directory(const std::string& of, const std::string& at) {
  RS_TRY(sys::make_directories(at));
  if (!sys::is_directory(of)) return {};
  RS_TRY_ASSIGN(const auto names, sys::list_directory(of));
  for (const std::string& name : names)
    RS_TRY(sys::make_link(sys::join(of, name), sys::join(at, name)));
  return {};
}

/// A `.git` like `from`, in which git writes nothing back: files (HEAD, the index) are copied,
/// directories (objects, refs) linked. One that is a file leads to the real one.
Result<void> copy_git(const std::string& from, const std::string& to) {
  if (!sys::is_directory(from)) {
    RS_TRY_ASSIGN(const auto said, sys::read_file(from, std::uint64_t{64} << 10));
    constexpr std::string_view kField = "gitdir:";
    if (!said.starts_with(kField)) return {};
    const std::string target(text::trim(std::string_view(said).substr(kField.size())));
    return sys::write_file(
        to, fmt::format("gitdir: {}\n", sys::absolute(sys::join(sys::parent(from), target))));
  }
  RS_TRY(sys::make_directories(to));
  RS_TRY_ASSIGN(const auto names, sys::list_directory(from));
  for (const std::string& name : names) {
    const std::string entry = sys::join(from, name);
    if (sys::is_directory(entry))
      RS_TRY(sys::make_link(entry, sys::join(to, name)));
    else if (sys::is_file(entry) && !name.ends_with(".lock"))
      RS_TRY(sys::copy_file(entry, sys::join(to, name), 0644));
  }
  return {};
}

/// Of the checkout that the sources are in, if they are in one.
Result<void> copy_git_above(const std::string& directory, const std::string& root) {
  for (std::string folder = directory;; folder = sys::parent(folder)) {
    const std::string git = sys::join(folder, ".git");
    if (sys::exists(git) && sys::is_directory(root + folder)) return copy_git(git, root + git);
    if (folder == sys::parent(folder)) return {};
  }
}

Result<WorkCopy> copy_to(const FirstPlace& first, const std::string& directory, Io& io) {
  std::optional<cargo::Toolchain> toolchain;
  if (has_crate(first.rock)) {
    auto found = cargo::find_toolchain(first.rock.directory, io);
    if (found) toolchain = *std::move(found);
  }
  const WorkCopyRequest request = {
      first.rock, directory, toolchain ? &*toolchain : nullptr, first.tree, first.manifest};
  RS_TRY_ASSIGN(auto copy, copy_sources(request, io));
  RS_TRY(copy_git_above(first.rock.directory, copy.root));
  return copy;
}

std::string moved(const std::string& path, const std::string& directory, const std::string& root) {
  return !path.empty() && is_below(path, directory) ? root + path : path;
}

/// A zone in which it is another day than here: twelve hours behind UTC and fourteen before it are
/// never of one date. It needs no zone file.
std::string other_zone(std::time_t now) {
  const std::time_t behind = now - std::time_t{12} * 3600;
  std::tm here{};
  std::tm there{};
  localtime_r(&now, &here);
  gmtime_r(&behind, &there);
  return here.tm_mday == there.tm_mday ? "<+14>-14" : "<-12>12";
}

/// What a build takes from the environment and should not depend on. SOURCE_DATE_EPOCH stays.
sys::Environment other_environment(sys::Environment environment,
                                   const std::string& home,
                                   const std::string& cargo_home,
                                   std::time_t now) {
  environment.set("HOME", home);
  environment.set("CARGO_HOME", cargo_home);
  environment.set("TZ", other_zone(now));
  const bool plain = environment.get("LC_ALL").value_or("") == "C";
  environment.set("LC_ALL", plain ? "C.UTF-8" : "C");
  for (const char* name : {"USER", "LOGNAME"})
    environment.set(name, "somebody-else");
  // What a compile cache gives back was not built again.
  environment.set("CCACHE_RECACHE", "1");
  if (sys::base_name(environment.get("RUSTC_WRAPPER").value_or("")) == "sccache")
    environment.set("RUSTC_WRAPPER", "");
  return environment;
}

}  // namespace

Result<SecondPlace> make_second_place(const FirstPlace& first, const std::string& parent, Io& io) {
  RS_TRY_ASSIGN(auto scratch, sys::TempDir::make(parent, "rockstage-build-once-more-elsewhere-"));
  const std::string at = scratch.path();
  RS_TRY_ASSIGN(const auto copy, copy_to(first, at, io));

  const std::string home = io.environment.get_nonempty("HOME").value_or("");
  const std::string cargo_home =
      io.environment.get_nonempty("CARGO_HOME")
          .value_or(home.empty() ? std::string() : sys::join(home, ".cargo"));
  const std::string other_home = sys::join(at, "home/somebody-else");
  const std::string other_cargo_home = sys::join(at, "cargo-home");
  RS_TRY(make_linked_directory(home, other_home));
  RS_TRY(make_linked_directory(cargo_home, other_cargo_home));

  SecondPlace place{std::move(scratch), first.rock, first.options, {}, {}};
  place.rock.directory = copy.work;
  place.rock.rockspec_path = moved(first.rock.rockspec_path, first.rock.directory, copy.root);
  place.options.manifest_path = moved(first.options.manifest_path, first.rock.directory, copy.root);
  place.options.target_dir = sys::join(at, "compiled");
  place.options.cache_dir = sys::join(at, "cache");
  const int jobs = first.options.jobs > 0
                       ? first.options.jobs
                       : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  place.options.jobs = jobs + 1;
  place.environment =
      other_environment(io.environment, other_home, other_cargo_home, io.terminal.unix_time());

  const std::string workspace = copy.workspace.substr(copy.root.size());
  place.places = {{"the directory of the sources", first.rock.directory, copy.work},
                  {"the directory of the sources", workspace, copy.workspace},
                  {"CARGO_HOME", cargo_home, other_cargo_home},
                  {"the home directory", home, other_home}};
  return place;
}

Result<sys::ProcessResult> OtherUmaskRunner::run(const sys::Command& command) {
  sys::Command wrapped = command;
  const std::vector<std::string> shell = {
      "/bin/sh",
      "-c",
      "if [ \"$(umask)\" = 0002 ]; then umask 022; else umask 002; fi; exec \"$@\"",
      "sh"};
  wrapped.argv.insert(wrapped.argv.begin(), shell.begin(), shell.end());
  return runner_.run(wrapped);
}

}  // namespace rockstage::build
