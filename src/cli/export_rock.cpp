#include "cli/export_rock.hpp"

#include "base/json.hpp"
#include "base/text.hpp"
#include "digest/digest.hpp"
#include "elf/elf_file.hpp"
#include "rock/layout.hpp"
#include "rock/manifest.hpp"
#include "stage/stage.hpp"
#include "sys/files.hpp"
#include "sys/open_files.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <set>

namespace rockstage::cli {
namespace {

constexpr std::uint64_t kLargestRecord = std::uint64_t{4} << 20;

std::string rock_directory(const stage::InstalledRock& rock) {
  return rock::Layout{rock.v}.rock_dir(rock.name, rock.version);
}

/// Lua and target of the build record (docs/formats/build-record.schema.json), where there is one.
void add_record(const std::string& tree, ExportedRock& rock) {
  const auto path = sys::join(sys::join(tree, rock_directory(rock.installed)), "rockstage.json");
  const auto text = sys::read_file(path, kLargestRecord);
  if (!text) return;
  const auto record = parse_json(*text);
  if (!record || !record->is_object()) return;
  const auto take = [&record](const char* key, std::string& into) {
    const auto found = record->find(key);
    // It becomes part of a file's name.
    if (found != record->end() && found->is_string()
        && found->get<std::string>().find('/') == std::string::npos)
      into = found->get<std::string>();
  };
  take("lua", rock.lua);
  take("target", rock.target);
}

using Rocks = std::vector<stage::InstalledRock>;

tl::unexpected<Error> no_such_rock(const ExportOptions& options, const Rocks& all) {
  std::vector<std::string> names;
  for (const auto& rock : all)
    names.push_back(rock.name);
  const auto lua = options.v.empty() ? std::string() : " for Lua " + options.v;
  const auto list = fmt::format("`rockstage list --tree {}` shows what is there",
                                text::shell_quote(options.tree));
  if (options.rock.empty())
    return fail(Errc::not_found, fmt::format("'{}' has no rock{}", options.tree, lua), list);
  return fail(Errc::not_found,
              fmt::format("'{}' has no rock {}{}{}",
                          options.tree,
                          options.rock,
                          lua,
                          text::did_you_mean(options.rock, names)),
              list);
}

/// A file of the rock, as it lies in the tree.
std::string deployed_path(const archive::Snapshot& tree,
                          const stage::InstalledRock& rock,
                          const std::string& path) {
  const rock::Layout layout{rock.v};
  const bool is_lua = path.starts_with("lua/");
  if (!is_lua && !path.starts_with("lib/")) return sys::join(rock_directory(rock), path);
  const auto directory = is_lua ? layout.lua_dir() : layout.lib_dir();
  const auto below = path.substr(4);
  const auto versioned = sys::join(directory, rock::versioned_name(below, rock.name, rock.version));
  if (sys::exists(sys::join(tree.root, versioned))) return versioned;
  return sys::join(directory, below);
}

tl::unexpected<Error> not_as_recorded(const std::string& file) {
  return fail(Errc::invalid_input,
              fmt::format("'{}' is not as the rock's rock_manifest says", file),
              "build the rock again into this tree");
}

/// The member `name` of a rock, which lies at `path` in the tree; its MD5 is `md5` unless that is
/// empty.
Result<archive::OutputMember> rock_member(const archive::Snapshot& tree,
                                          const std::string& name,
                                          const std::string& path,
                                          const std::string& md5) {
  const auto entry = std::ranges::lower_bound(tree.entries, path, {}, &sys::WalkEntry::path);
  const auto file = sys::join(tree.root, path);
  if (entry == tree.entries.end() || entry->path != path
      || entry->status.kind != sys::FileKind::file)
    return not_as_recorded(file);
  if (!md5.empty()) {
    RS_TRY_ASSIGN(const auto found, digest::hex_of_file(digest::Algorithm::md5, file));
    if (found != md5) return not_as_recorded(file);
  }
  archive::OutputMember member{
      archive::OutputMember::Kind::file, name, file, {}, entry->status.size};
  const bool executable = (entry->status.mode & 0100U) != 0;
  if (name.starts_with("lib/") || (executable && !name.starts_with("lua/")))
    member.kind = archive::OutputMember::Kind::executable;
  return member;
}

/// The processor of the first member that is an object; nothing where there is none.
Result<std::optional<std::string>> machine_of(const std::vector<archive::OutputMember>& members) {
  for (const auto& member : members) {
    if (!member.name.starts_with("lib/") && !member.name.starts_with("bin/")) continue;
    RS_TRY_ASSIGN(auto input, sys::InputFile::open(member.file));
    std::array<std::byte, 64> header;  // an Elf64_Ehdr; a file of any size costs no more
    RS_TRY_ASSIGN(const auto count, input.read(header));
    const std::string_view bytes(reinterpret_cast<const char*>(header.data()), count);
    if (!elf::looks_like_elf(bytes)) continue;
    RS_TRY_ASSIGN(const auto facts, elf::read_elf(bytes));
    return elf::machine_name(facts);
  }
  return std::nullopt;
}

}  // namespace

Result<ExportedRock> choose_exported_rock(const ExportOptions& options, Diagnostics& diagnostics) {
  RS_TRY_ASSIGN(const auto all, stage::list(options.tree, diagnostics));
  if (all.empty())
    return fail(Errc::invalid_input,
                fmt::format("'{}' has no rock metadata (lib/luarocks), which a rock or a name is "
                            "made from",
                            options.tree),
                "write an archive under a name of your own: --output FILE.tar.zst");
  Rocks fitting;
  std::set<std::string> names;
  std::set<std::string> versions;
  for (const auto& rock : all) {
    if (!options.rock.empty() && rock.name != options.rock) continue;
    if (!options.v.empty() && rock.v != options.v) continue;
    names.insert(rock.name);
    versions.insert(rock.v);
    fitting.push_back(rock);
  }
  if (fitting.empty()) return no_such_rock(options, all);
  if (names.size() > 1)
    return fail(Errc::usage,
                fmt::format("'{}' has {} rocks: {}",
                            options.tree,
                            names.size(),
                            text::join(std::vector(names.begin(), names.end()), ", ")),
                fmt::format("choose one with --rock, e.g. --rock {}", *names.begin()));
  if (versions.size() > 1)
    return fail(Errc::usage,
                fmt::format("'{}' has {} for Lua {}",
                            options.tree,
                            *names.begin(),
                            text::join(std::vector(versions.begin(), versions.end()), " and ")),
                fmt::format("choose one with --lua, e.g. --lua {}", *versions.begin()));
  ExportedRock rock{fitting.front(), fitting.front().v, {}};
  add_record(options.tree, rock);
  return rock;
}

Result<std::vector<archive::OutputMember>> binary_rock_members(const archive::Snapshot& tree,
                                                               const ExportedRock& rock) {
  const auto directory = rock_directory(rock.installed);
  const auto manifest_path = sys::join(directory, "rock_manifest");
  RS_TRY_ASSIGN(const auto text,
                sys::read_file(sys::join(tree.root, manifest_path), kLargestRecord));
  RS_TRY_ASSIGN(const auto manifest,
                rock::parse_rock_manifest(text, sys::join(tree.root, manifest_path)));
  std::vector<archive::OutputMember> members;
  for (const auto& [name, md5] : manifest) {
    if (name.ends_with('/')) {
      members.push_back(
          {archive::OutputMember::Kind::directory, name.substr(0, name.size() - 1), {}, {}, 0});
      continue;
    }
    RS_TRY_ASSIGN(auto member,
                  rock_member(tree, name, deployed_path(tree, rock.installed, name), md5));
    members.push_back(std::move(member));
  }
  // What the manifest does not list: itself, and the namespace.
  for (const char* name : {"rock_manifest", "rock_namespace"}) {
    const auto path = sys::join(directory, name);
    if (!sys::exists(sys::join(tree.root, path))) continue;
    RS_TRY_ASSIGN(auto member, rock_member(tree, name, path, {}));
    members.push_back(std::move(member));
  }
  std::ranges::sort(members, {}, &archive::OutputMember::name);
  return members;
}

Result<std::string> binary_rock_name(const ExportedRock& rock,
                                     const std::vector<archive::OutputMember>& members) {
  RS_TRY_ASSIGN(const auto machine, machine_of(members));
  return fmt::format("{}-{}.{}.rock",
                     rock.installed.name,
                     rock.installed.version,
                     machine ? "linux-" + *machine : "all");
}

std::string archive_name(const ExportedRock& rock, const ExportForm& form) {
  return fmt::format("{}-{}-{}{}.{}",
                     rock.installed.name,
                     rock.installed.version,
                     rock.lua,
                     rock.target.empty() ? std::string() : "-" + rock.target,
                     form.name);
}

}  // namespace rockstage::cli
