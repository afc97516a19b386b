#include "cli/export_sbom.hpp"

#include "digest/digest.hpp"
#include "rock/layout.hpp"
#include "rock/rockspec.hpp"
#include "stage/stage.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace rockstage::cli {
namespace {

constexpr std::uint64_t kLargestRecord = std::uint64_t{16} << 20;

/// Whose a file of the tree is, and what it is to Lua.
struct Owner {
  std::size_t rock = 0;
  std::string module;
};

class ShipmentMaker {
 public:
  ShipmentMaker(const ExportOptions& options,
                const archive::Snapshot& tree,
                const MemberDigests& digests)
      : options_(options), tree_(tree), digests_(digests), root_(sys::absolute(tree.root)) {}

  Result<emit::Shipment> run(const std::vector<archive::OutputMember>& members,
                             Diagnostics& diagnostics) {
    RS_TRY_ASSIGN(const auto installed, stage::list(tree_.root, diagnostics));
    if (installed.empty())
      diagnostics.warning(
          fmt::format("'{}' has no rock metadata: the bill of materials knows files only",
                      tree_.root),
          "export the tree as it was built");
    for (const stage::InstalledRock& rock : installed)
      RS_TRY(add_rock(rock));
    for (const archive::OutputMember& member : members)
      add_file(member);
    // What a tree without its metadata, or a .rock, leaves out.
    std::erase_if(shipment_.rocks,
                  [](const emit::ShippedRock& rock) { return rock.files.empty(); });
    if (options_.has_time) shipment_.time = options_.time;
    return std::move(shipment_);
  }

 private:
  Result<void> add_rock(const stage::InstalledRock& installed) {
    emit::ShippedRock rock;
    rock.name = installed.name;
    rock.version = installed.version;
    rock.lua = installed.v;
    const auto directory = rock::Layout{installed.v}.rock_dir(installed.name, installed.version);
    RS_TRY(add_rockspec(directory, rock));
    const auto record = sys::join(sys::join(root_, directory), "rockstage.json");
    if (sys::is_file(record)) {
      RS_TRY_ASSIGN(rock.record, sys::read_file(record, kLargestRecord));
    }
    for (const auto& [constraint, version] : installed.dependencies)
      rock.dependencies.emplace_back(constraint.substr(0, constraint.find_first_of(" <>=~!")),
                                     version);

    const std::size_t position = shipment_.rocks.size();
    for (const auto& [module, file] : installed.modules)
      owners_[file] = {position, module};
    for (const auto& [command, file] : installed.commands)
      owners_[file] = {position, {}};
    directories_[sys::join(root_, directory) + "/"] = position;
    shipment_.rocks.push_back(std::move(rock));
    return {};
  }

  Result<void> add_rockspec(const std::string& directory, emit::ShippedRock& rock) const {
    const auto name = fmt::format("{}-{}.rockspec", rock.name, rock.version);
    const auto path = sys::join(sys::join(root_, directory), name);
    if (!sys::is_file(path)) return {};
    RS_TRY_ASSIGN(const auto text, sys::read_file(path, kLargestRecord));
    rock.rockspec = name;
    rock.rockspec_sha256 = digest::hex(digest::Algorithm::sha256, text);
    Diagnostics unheard;  // it was judged when it was installed
    const auto spec = rock::read_rockspec(text, path, unheard);
    if (!spec) return {};
    rock.summary = spec->description.summary;
    rock.license = spec->description.license;
    rock.homepage = spec->description.homepage;
    return {};
  }

  void add_file(const archive::OutputMember& member) {
    const auto digest = digests_.find(member.name);
    if (digest == digests_.end()) return;  // a directory, a link
    emit::ShippedFile file{member.name, digest->second, {}};
    const auto path = sys::absolute(member.file);
    if (const auto owner = owners_.find(path); owner != owners_.end()) {
      file.module = owner->second.module;
      shipment_.rocks[owner->second.rock].files.push_back(std::move(file));
    } else if (const auto* position = rock_directory_of(path)) {
      shipment_.rocks[*position].files.push_back(std::move(file));
    } else {
      shipment_.other_files.push_back(std::move(file));
    }
  }

  /// Their names all end with a slash: the one that a path begins with is the last before it.
  [[nodiscard]] const std::size_t* rock_directory_of(const std::string& path) const {
    auto found = directories_.upper_bound(path);
    if (found == directories_.begin()) return nullptr;
    --found;
    return path.starts_with(found->first) ? &found->second : nullptr;
  }

  const ExportOptions& options_;
  const archive::Snapshot& tree_;
  const MemberDigests& digests_;
  std::string root_;
  emit::Shipment shipment_;
  std::map<std::string, Owner> owners_;             ///< by absolute path
  std::map<std::string, std::size_t> directories_;  ///< of rocks, with a slash at the end
};

}  // namespace

Result<emit::Shipment> shipment_of(const ExportOptions& options,
                                   const archive::Snapshot& tree,
                                   const std::vector<archive::OutputMember>& members,
                                   const MemberDigests& digests,
                                   Diagnostics& diagnostics) {
  return ShipmentMaker(options, tree, digests).run(members, diagnostics);
}

}  // namespace rockstage::cli
