#include "cargo/crate_graph.hpp"

#include "base/text.hpp"
#include "cargo/inspect.hpp"
#include "cargo/mirrored_step.hpp"
#include "cargo/query.hpp"
#include "cargo/toml_file.hpp"
#include "cargo/workspace.hpp"
#include "sys/files.hpp"

#include <algorithm>
#include <deque>
#include <set>

namespace rockstage::cargo {
namespace {

bool has(const std::vector<std::string>& values, const std::string& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

bool is_proc_macro(const Package* package) {
  return package != nullptr
         && std::any_of(package->targets.begin(), package->targets.end(), [](const Target& target) {
              return has(target.kinds, "proc-macro");
            });
}

/// Walks the graph once for the target and once for the machine that builds.
class GraphWalk {
 public:
  explicit GraphWalk(const Metadata& metadata) : metadata_(metadata) {}

  std::vector<CompiledCrate> run(const std::string& root) {
    visit(root, false);
    while (!open_.empty()) {
      const auto [id, for_the_build] = open_.front();
      open_.pop_front();
      expand(id, for_the_build);
    }
    std::vector<CompiledCrate> crates;
    for (const auto& [id, build_only] : build_only_) {
      crates.emplace_back();
      crates.back().package_id = id;
      crates.back().build_only = build_only;
    }
    return crates;
  }

 private:
  void visit(const std::string& id, bool for_the_build) {
    if (!seen_.emplace(id, for_the_build).second) return;
    open_.emplace_back(id, for_the_build);
    const auto known = build_only_.try_emplace(id, for_the_build).first;
    known->second = known->second && for_the_build;
  }

  void expand(const std::string& id, bool for_the_build) {
    const auto node = metadata_.resolve.find(id);
    if (node == metadata_.resolve.end()) return;
    const auto of_script = metadata_.resolve_build_only.find(id);
    for (const std::string& dependency : node->second) {
      const bool script_only =
          of_script != metadata_.resolve_build_only.end() && has(of_script->second, dependency);
      visit(dependency, for_the_build || script_only || is_proc_macro(metadata_.find(dependency)));
    }
  }

  const Metadata& metadata_;
  std::set<std::pair<std::string, bool>> seen_;
  std::deque<std::pair<std::string, bool>> open_;
  std::map<std::string, bool> build_only_;
};

/// The options of the step that decide which crates there are.
std::vector<std::string> choices(const CompileStep& step) {
  std::vector<std::string> options;
  const auto add = [&](std::initializer_list<std::string> more) {
    options.insert(options.end(), more);
  };
  if (step.all_features) add({"--all-features"});
  if (!step.default_features) add({"--no-default-features"});
  if (!step.features.empty()) add({"--features", text::join(step.features, ",")});
  if (step.locked && !step.lock_missing) add({"--locked"});
  if (step.offline) add({"--offline"});
  return options;
}

Result<Metadata> resolved_metadata(const CompileStep& step, Io& io) {
  MetadataCall call{step.cargo, step.manifest_path, choices(step)};
  call.options.insert(call.options.end(), {"--filter-platform", step.target});
  RS_TRY_ASSIGN(const auto result, run_metadata(call, io));
  if (!result.status.ok())
    return tl::unexpected<Error>(metadata_failure(step.manifest_path, step.target, result.err));
  return parse_metadata(result.out);
}

using Edges = std::map<std::string, std::vector<std::string>>;

Edges renamed(const Edges& edges, const MirroredStep& mirrored) {
  Edges out;
  for (const auto& [id, others] : edges) {
    auto& list = out[mirrored.original_id(id)];
    for (const std::string& other : others)
      list.push_back(mirrored.original_id(other));
    std::sort(list.begin(), list.end());
  }
  return out;
}

/// Everything under the ids that it has outside the mirror.
void rename_packages(Metadata& metadata, const MirroredStep& mirrored) {
  for (Package& package : metadata.packages)
    package.id = mirrored.original_id(package.id);
  std::sort(metadata.packages.begin(),
            metadata.packages.end(),
            [](const Package& a, const Package& b) { return a.id < b.id; });
  for (auto* ids : {&metadata.workspace_members, &metadata.workspace_default_members})
    for (std::string& id : *ids)
      id = mirrored.original_id(id);
  metadata.resolve = renamed(metadata.resolve, mirrored);
  metadata.resolve_build_only = renamed(metadata.resolve_build_only, mirrored);
}

}  // namespace

Result<CrateGraph> resolve_crates(const CompileStep& step, Io& io) {
  MirroredStep mirrored{step, {}};
  if (step.lock_missing) {
    RS_TRY_ASSIGN(mirrored, mirror_step(step, io));
  }
  CrateGraph graph;
  graph.manifest_path = mirrored.step.manifest_path;
  RS_TRY_ASSIGN(graph.metadata, resolved_metadata(mirrored.step, io));
  if (step.lock_missing) rename_packages(graph.metadata, mirrored);
  RS_TRY_ASSIGN(graph.checksums,
                lock_checksums(sys::join(graph.metadata.workspace_root, "Cargo.lock")));
  return graph;
}

std::vector<CompiledCrate> expected_crates(const Metadata& metadata, const std::string& root) {
  return GraphWalk(metadata).run(root);
}

Result<void> drop_unused(std::vector<CompiledCrate>& crates,
                         const CompileStep& step,
                         const CrateGraph& graph,
                         Io& io) {
  std::vector<std::string> argv = {step.cargo,
                                   "tree",
                                   "--prefix",
                                   "none",
                                   "--edges",
                                   "normal,build",
                                   "--format",
                                   "{p}",
                                   "--target",
                                   step.target,
                                   "--package",
                                   step.package + "@" + step.package_version,
                                   "--manifest-path",
                                   graph.manifest_path};
  const auto more = choices(step);
  argv.insert(argv.end(), more.begin(), more.end());
  RS_TRY_ASSIGN(const auto result, ask(std::move(argv), sys::parent(graph.manifest_path), io));
  if (!result.status.ok()) return {};

  std::set<std::string> named;  // "mlua v0.11.6", then a path or a remark
  for (const std::string& line : text::split(result.out, '\n'))
    named.insert(line.substr(0, line.find(" (")));
  std::erase_if(crates, [&](const CompiledCrate& crate) {
    const Package* package = graph.metadata.find(crate.package_id);
    return package != nullptr && named.count(package->name + " v" + package->version) == 0;
  });
  return {};
}

Result<LockChecksums> lock_checksums(const std::string& path) {
  LockChecksums checksums;
  if (!sys::is_file(path)) return checksums;
  RS_TRY_ASSIGN(const auto lock, read_toml(path));
  const toml::array* packages = lock["package"].as_array();
  if (packages == nullptr) return checksums;
  for (const toml::node& node : *packages) {
    const toml::table* package = node.as_table();
    if (package == nullptr) continue;
    const auto text = [&](const char* key) { return (*package)[key].value_or(std::string()); };
    if (auto checksum = text("checksum"); !checksum.empty())
      checksums[{text("name"), text("version"), text("source")}] = std::move(checksum);
  }
  return checksums;
}

void add_graph(std::vector<CompiledCrate>& crates, const CrateGraph& graph) {
  std::set<std::string> compiled;
  for (const CompiledCrate& crate : crates)
    compiled.insert(crate.package_id);
  for (CompiledCrate& crate : crates) {
    if (const Package* package = graph.metadata.find(crate.package_id)) {
      crate.license = package->license;
      const auto known = graph.checksums.find({package->name, package->version, package->source});
      if (known != graph.checksums.end()) crate.checksum = known->second;
    }
    const auto node = graph.metadata.resolve.find(crate.package_id);
    if (node == graph.metadata.resolve.end()) continue;
    crate.dependencies.clear();
    for (const std::string& id : node->second)
      if (compiled.count(id) > 0) crate.dependencies.push_back(id);
  }
}

}  // namespace rockstage::cargo
