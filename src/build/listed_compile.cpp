#include "build/listed_compile.hpp"

#include "build/metadata.hpp"
#include "cargo/crate_graph.hpp"
#include "digest/digest.hpp"
#include "sys/files.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace rockstage::build {
namespace {

/// The names of cargo-auditable.schema.json.
std::string listed_source(const std::string& id, const std::string& kind) {
  if (kind == "path") return "local";
  if (kind == "git") return "git";
  const bool crates_io = id.starts_with("registry+https://github.com/rust-lang/crates.io-index#")
                         || id.starts_with("sparse+https://index.crates.io/#");
  return crates_io ? "crates.io" : "registry";
}

class ListedCompile {
 public:
  ListedCompile(const cargo::CompileStep& step, Io& io, Diagnostics& diagnostics)
      : step_(step),
        directory_(sys::join(step.target_dir, "rockstage-crates")),
        io_(io),
        diagnostics_(diagnostics) {}

  Result<cargo::CompileOutcome> run() {
    RS_TRY_ASSIGN(graph_, cargo::resolve_crates(step_, io_));
    if (!elf::has_crate_object(step_.target)) return compile();

    step_.link_symbol = elf::kCrateSymbol;
    RS_TRY(sys::make_directories(directory_));
    auto expected = cargo::expected_crates(graph_.metadata, step_.package_id);
    cargo::add_graph(expected, graph_);
    RS_TRY_ASSIGN(const auto by_graph, write_object(expected));
    const std::string note = by_graph + ".is";
    RS_TRY_ASSIGN(step_.link_object, noted_object(note));
    if (step_.link_object.empty()) {
      RS_TRY(cargo::drop_unused(expected, step_, graph_, io_));
      cargo::add_graph(expected, graph_);
      RS_TRY_ASSIGN(step_.link_object, write_object(expected));
    }
    RS_TRY_ASSIGN(auto outcome, compile());
    RS_TRY_ASSIGN(const auto object, write_object(outcome.crates));
    const bool right = object == step_.link_object;
    if (!right || !sys::is_file(note)) RS_TRY(sys::write_file_atomic(note, sys::base_name(object)));
    if (right) return outcome;
    step_.link_object = object;
    return compile();
  }

 private:
  Result<cargo::CompileOutcome> compile() {
    RS_TRY_ASSIGN(auto outcome, cargo::compile(step_, io_, diagnostics_));
    cargo::add_graph(outcome.crates, graph_);
    return outcome;
  }

  /// Named by its content: cargo links again when a flag changes, and knows nothing of the file.
  Result<std::string> write_object(const std::vector<cargo::CompiledCrate>& crates) {
    RS_TRY_ASSIGN(const auto bytes,
                  elf::crate_object(step_.target, crate_list(crates, step_.package_id)));
    const auto path = sys::join(directory_, digest::hex(digest::Algorithm::sha256, bytes) + ".o");
    if (!sys::is_file(path)) RS_TRY(sys::write_file_atomic(path, bytes));
    return path;
  }

  /// The object that was right the last time for the same graph; empty when there is none.
  [[nodiscard]] Result<std::string> noted_object(const std::string& note) const {
    if (!sys::is_file(note)) return std::string();
    RS_TRY_ASSIGN(const auto name, sys::read_file(note));
    const auto path = sys::join(directory_, sys::base_name(name));
    return sys::is_file(path) ? path : std::string();
  }

  cargo::CompileStep step_;
  std::string directory_;
  Io& io_;
  Diagnostics& diagnostics_;
  cargo::CrateGraph graph_;
};

}  // namespace

std::vector<elf::ListedCrate> crate_list(const std::vector<cargo::CompiledCrate>& crates,
                                         const std::string& root) {
  std::vector<std::pair<elf::ListedCrate, const cargo::CompiledCrate*>> rows;
  for (const cargo::CompiledCrate& crate : crates) {
    const CrateName name = parse_package_id(crate.package_id);
    elf::ListedCrate listed;
    listed.name = name.name;
    listed.version = name.version;
    listed.source = listed_source(crate.package_id, name.source);
    listed.build_only = crate.build_only;
    listed.root = crate.package_id == root;
    rows.emplace_back(std::move(listed), &crate);
  }
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return std::tie(a.first.name, a.first.version, a.first.source)
           < std::tie(b.first.name, b.first.version, b.first.source);
  });

  std::map<std::string, std::size_t> positions;
  for (std::size_t i = 0; i < rows.size(); ++i)
    positions[rows[i].second->package_id] = i;
  std::vector<elf::ListedCrate> list;
  for (auto& [listed, crate] : rows) {
    for (const std::string& id : crate->dependencies) {
      const auto found = positions.find(id);
      if (found != positions.end()) listed.dependencies.push_back(found->second);
    }
    std::sort(listed.dependencies.begin(), listed.dependencies.end());
    list.push_back(std::move(listed));
  }
  return list;
}

Result<cargo::CompileOutcome> compile_listed(const cargo::CompileStep& step,
                                             Io& io,
                                             Diagnostics& diagnostics) {
  return ListedCompile(step, io, diagnostics).run();
}

}  // namespace rockstage::build
