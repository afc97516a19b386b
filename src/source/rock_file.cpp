#include "source/rock_file.hpp"

#include "archive/unpack.hpp"
#include "base/rel_path.hpp"
#include "base/text.hpp"
#include "digest/digest.hpp"
#include "rock/manifest.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace rockstage::source {
namespace {

constexpr std::uint64_t kLargestManifest = std::uint64_t{64} << 20;
constexpr std::uint64_t kLargestRockspec = std::uint64_t{16} << 20;
constexpr const char* kAgain = "fetch the rock again, or build it from its sources";

tl::unexpected<Error> bad_rock(const std::string& file,
                               const std::string& what,
                               const std::string& hint = kAgain) {
  return fail(Errc::invalid_input, fmt::format("'{}': {}", file, what), hint);
}

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// The error of unpacking, with the rock named.
Result<void> unpacked(Result<void> done, const std::string& file) {
  if (done || done.error().code != Errc::invalid_input) return done;
  auto error = std::move(done).error();
  error.message = fmt::format("'{}': {}", file, error.message);
  return tl::unexpected<Error>(std::move(error));
}

/// The rockspec in `directory` that the file's name promises.
Result<std::string> rockspec_in(const std::string& file,
                                const RockFileName& name,
                                const std::string& directory) {
  const auto wanted = fmt::format("{}-{}.rockspec", name.name, name.version);
  auto path = sys::join(directory, wanted);
  RS_TRY_ASSIGN(const auto found, sys::status(path));
  if (found.kind == sys::FileKind::file) return path;
  RS_TRY_ASSIGN(const auto names, sys::list_directory(directory));
  const auto other =
      std::ranges::find_if(names, [](const auto& one) { return one.ends_with(".rockspec"); });
  return bad_rock(file,
                  other == names.end()
                      ? fmt::format("it holds no '{}'", wanted)
                      : fmt::format("it holds '{}', and by its name '{}'", *other, wanted),
                  other == names.end() ? kAgain : "give the file the name of its rock");
}

Result<rock::Rockspec> read_spec(const std::string& file,
                                 const std::string& path,
                                 Diagnostics& diagnostics) {
  RS_TRY_ASSIGN(const auto text, sys::read_file(path, kLargestRockspec));
  const auto shown = sys::join(file, sys::base_name(path));
  auto spec = rock::read_rockspec(text, shown, diagnostics);
  if (!spec)
    return fail_while(std::move(spec).error(), fmt::format("reading the rockspec '{}'", shown));
  return spec;
}

/// What the manifest of a rock does not list: itself, and the namespace.
bool is_unlisted(const std::string& path) {
  return path == "rock_manifest" || path == "rock_namespace";
}

/// Each file has the MD5 of the manifest, which lists all of them and no other.
Result<std::vector<std::string>> check_manifest(const std::string& file,
                                                const std::string& directory) {
  const auto path = sys::join(directory, "rock_manifest");
  if (!sys::is_file(path)) return bad_rock(file, "it holds no rock_manifest");
  RS_TRY_ASSIGN(const auto text, sys::read_file(path, kLargestManifest));
  RS_TRY_ASSIGN(const auto manifest,
                rock::parse_rock_manifest(text, sys::join(file, "rock_manifest")));
  RS_TRY_ASSIGN(const auto entries, sys::walk(directory));
  std::vector<std::string> files;
  for (const auto& entry : entries) {
    if (entry.status.kind != sys::FileKind::file || is_unlisted(entry.path)) continue;
    const auto listed = manifest.find(entry.path);
    if (listed == manifest.end())
      return bad_rock(file, fmt::format("its rock_manifest does not list '{}'", entry.path));
    RS_TRY_ASSIGN(const auto md5,
                  digest::hex_of_file(digest::Algorithm::md5, sys::join(directory, entry.path)));
    if (md5 != listed->second)
      return bad_rock(file, fmt::format("'{}' is not as its rock_manifest says", entry.path));
    files.push_back(entry.path);
  }
  for (const auto& [name, md5] : manifest)
    if (!name.ends_with('/') && !std::ranges::binary_search(files, name))
      return bad_rock(file, fmt::format("its rock_manifest lists '{}', which is not in it", name));
  return files;
}

/// Modes as LuaRocks leaves them (luarocks.md §1.3): documents keep their x, unless the archive
/// marks everything, as LuaRocks' own zip writer does.
Result<void> set_modes(const std::string& directory,
                       const std::vector<std::string>& files,
                       const std::string& rockspec) {
  RS_TRY_ASSIGN(const auto status, sys::status(rockspec));
  const bool marks_everything = (status.mode & 0100U) != 0;
  for (const auto& file : files) {
    const auto path = sys::join(directory, file);
    const auto top = file.substr(0, file.find('/') + 1);
    if (top == "bin/" || top == "lib/")
      RS_TRY(sys::set_mode(path, 0755));
    else if (marks_everything || top == "lua/" || top == "conf/")
      RS_TRY(sys::set_mode(path, 0644));
  }
  return {};
}

/// The directory that LuaRocks takes from an archive's name: `kit-1.0.tar.gz`, `…/kit.git` →
/// kit-1.0, kit (dir.lua, deduce_base_dir).
std::string deduced_directory(const std::string& url) {
  constexpr std::array kKnown = {".zip", ".git", ".tgz", ".tar", ".gz", ".xz", ".zst"};
  auto name = sys::base_name(url);
  for (const auto* suffix : kKnown)
    if (name.ends_with(suffix)) {
      name.resize(name.rfind('.'));
      break;
    }
  if (name.ends_with(".tar")) name.resize(name.size() - 4);
  return name;
}

/// The directory of the sources in `root`: what `source.dir` says, else the name of the archive
/// does, else the only directory there.
Result<std::string> source_root(const std::string& file,
                                const rock::Source& source,
                                const std::string& root) {
  const auto& named = source.dir.empty() ? source.module : source.dir;
  if (!named.empty()) {
    const auto path = RelPath::parse(named);
    if (!path) return bad_rock(file, fmt::format("source.dir: '{}' leads out of the rock", named));
    const auto directory = sys::join(root, path->str());
    if (sys::is_directory(directory)) return directory;
    return bad_rock(file, fmt::format("source.dir: there is no directory '{}' in it", named));
  }
  const auto deduced =
      sys::join(root, deduced_directory(source.file.empty() ? source.url : source.file));
  if (sys::is_directory(deduced)) return deduced;
  RS_TRY_ASSIGN(auto names, sys::list_directory(root));
  std::erase_if(names, [](const auto& name) { return name.ends_with(".rockspec"); });
  const bool only = names.size() == 1 && sys::is_directory(sys::join(root, names.front()));
  return only ? sys::join(root, names.front()) : root;
}

/// The archive with the sources; empty where they lie in the rock as they are.
std::string source_archive(const rock::Source& source, const std::string& directory) {
  const auto name = source.file.empty() ? sys::base_name(source.url) : source.file;
  const auto path = sys::join(directory, sys::base_name(name));
  // LuaRocks unpacks everything but single files of code.
  if (name.ends_with(".lua") || name.ends_with(".c")) return {};
  const auto found = sys::status(path);
  return found && found->kind == sys::FileKind::file ? path : std::string();
}

}  // namespace

Result<RockFileName> parse_rock_file_name(const std::string& file) {
  constexpr std::string_view kSuffix = ".rock";
  const auto base = sys::base_name(file);
  const auto bad = [&file] {
    return fail(Errc::invalid_input,
                fmt::format("'{}' is not named as a rock file is", file),
                "name it NAME-VERSION.ARCH.rock, e.g. kit-1.0-1.src.rock, kit-1.0-1.all.rock");
  };
  if (!base.ends_with(kSuffix)) return bad();
  const auto stem = base.substr(0, base.size() - kSuffix.size());
  const auto dot = stem.rfind('.');
  if (dot == std::string::npos || dot + 1 == stem.size()) return bad();
  const auto rock = stem.substr(0, dot);
  const auto revision = rock.rfind('-');
  if (revision == std::string::npos || revision == 0) return bad();
  const auto version = rock.rfind('-', revision - 1);
  if (version == std::string::npos || version == 0 || version + 1 == revision
      || !is_digits(rock.substr(revision + 1)))
    return bad();
  return RockFileName{rock.substr(0, version), rock.substr(version + 1), stem.substr(dot + 1)};
}

Result<Rock> open_binary_rock(const std::string& file,
                              const RockFileName& name,
                              const std::string& directory,
                              Diagnostics& diagnostics) {
  RS_TRY(unpacked(archive::unpack_zip(file, directory, archive::Links::refuse), file));
  Rock rock;
  rock.directory = sys::absolute(directory);
  RS_TRY_ASSIGN(rock.rockspec_path, rockspec_in(file, name, rock.directory));
  RS_TRY_ASSIGN(rock.files, check_manifest(file, rock.directory));
  RS_TRY_ASSIGN(rock.spec, read_spec(file, rock.rockspec_path, diagnostics));
  RS_TRY(set_modes(rock.directory, rock.files, rock.rockspec_path));
  rock.binary = BinaryRock{sys::absolute(file), name.arch};
  return rock;
}

Result<UnpackedSources> unpack_source_rock(const std::string& file,
                                           const RockFileName& name,
                                           const std::string& directory) {
  auto root = sys::join(directory, "rock");
  RS_TRY(sys::make_directories(root));
  RS_TRY(unpacked(archive::unpack_zip(file, root, archive::Links::within), file));
  UnpackedSources out;
  RS_TRY_ASSIGN(out.rockspec, rockspec_in(file, name, root));
  Diagnostics unheard;  // it is read again, to be built
  RS_TRY_ASSIGN(const auto spec, read_spec(file, out.rockspec, unheard));
  if (const auto archive = source_archive(spec.source, root); !archive.empty()) {
    if (!spec.source.md5.empty()) {
      RS_TRY_ASSIGN(const auto md5, digest::hex_of_file(digest::Algorithm::md5, archive));
      if (md5 != text::to_lower(spec.source.md5))
        return bad_rock(file,
                        fmt::format("'{}' does not match source.md5", sys::base_name(archive)));
    }
    root = sys::join(directory, "sources");
    RS_TRY(sys::make_directories(root));
    RS_TRY(unpacked(archive::unpack_archive(archive, root, archive::Links::within),
                    sys::join(file, sys::base_name(archive))));
  }
  RS_TRY_ASSIGN(out.directory, source_root(file, spec.source, root));
  return out;
}

}  // namespace rockstage::source
