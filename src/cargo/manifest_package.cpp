#include "cargo/manifest_package.hpp"

#include "base/text.hpp"
#include "cargo/paths.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

namespace rockstage::cargo {
namespace {

std::string underscored(const std::string& name) {
  return text::replace_all(name, "-", "_");
}

/// A key of `[lib]` that has an older spelling.
const toml::node* either(const toml::table& table, const char* name, const char* older) {
  const auto* node = table.get(name);
  return node != nullptr ? node : table.get(older);
}

/// Reads the keys of `[package]`.
class PackageReader {
 public:
  PackageReader(const Manifest& manifest, const Manifest& workspace)
      : manifest_(manifest), workspace_(workspace) {}

  Result<Package> run() {
    if (const auto* table = manifest_.root["package"].as_table()) table_ = *table;
    Package out;
    out.manifest_path = manifest_.path;
    out.name = table_["name"].value_or(std::string());
    if (out.name.empty())
      return fail(Errc::invalid_input,
                  fmt::format("'{}' has no package.name", manifest_.path),
                  "write name = \"…\" below [package]");
    RS_TRY(read_texts(out));
    if (out.version.empty()) out.version = "0.0.0";
    if (out.edition.empty()) out.edition = "2015";
    out.id = id_of(out);
    RS_TRY_ASSIGN(out.dependencies, read_dependencies(manifest_, workspace_));
    out.features = read_features(manifest_, out.dependencies);
    add_library(out);
    return out;
  }

 private:
  Result<void> read_texts(Package& out) {
    const std::pair<const char*, std::string*> fields[] = {
        {"version", &out.version},
        {"edition", &out.edition},
        {"rust-version", &out.rust_version},
        {"license", &out.license},
        {"license-file", &out.license_file},
        {"description", &out.description},
        {"homepage", &out.homepage},
        {"repository", &out.repository},
    };
    for (const auto& [name, value] : fields) {
      RS_TRY_ASSIGN(*value, text(name));
    }
    // It is written relative to the workspace, and told relative to the package.
    if (is_inherited(table_.get("license-file"))) {
      out.license_file =
          relative_path(sys::join(sys::parent(workspace_.path), out.license_file), out.directory());
    }
    return {};
  }

  Result<std::string> text(const char* name) {
    const auto* node = table_.get(name);
    if (!is_inherited(node)) return table_[name].value_or(std::string());
    const auto value = workspace_.root["workspace"]["package"][name].value<std::string>();
    if (value) return *value;
    return fail(Errc::invalid_input,
                fmt::format("'{}' inherits package.{}, which the workspace '{}' does not have",
                            manifest_.path,
                            name,
                            workspace_.path),
                fmt::format("write {} = \"…\" below [workspace.package] there", name));
  }

  /// As cargo writes it (cargo book, "Package ID Specifications").
  static std::string id_of(const Package& package) {
    const auto directory = package.directory();
    return fmt::format("path+file://{}#{}{}",
                       directory,
                       sys::base_name(directory) == package.name ? "" : package.name + "@",
                       package.version);
  }

  /// The library that is declared, or found at its usual place (cargo book, "Cargo Targets").
  void add_library(Package& package) const {
    constexpr const char* kUsual = "src/lib.rs";
    const auto* declared = manifest_.root["lib"].as_table();
    const bool is_found =
        table_["autolib"].value_or(true) && sys::is_file(sys::join(package.directory(), kUsual));
    if (declared == nullptr && !is_found) return;
    const toml::table lib = declared == nullptr ? toml::table() : *declared;
    Target target;
    target.name = lib["name"].value_or(underscored(package.name));
    target.src_path =
        without_dots(sys::join(package.directory(), lib["path"].value_or(std::string(kUsual))));
    target.crate_types = texts_of(either(lib, "crate-type", "crate_type"));
    if (target.crate_types.empty()) target.crate_types = {"lib"};
    const auto* macro = either(lib, "proc-macro", "proc_macro");
    if (macro != nullptr && macro->value_or(false)) target.crate_types = {"proc-macro"};
    target.kinds = target.crate_types;
    target.required_features = texts_of(lib.get("required-features"));
    package.targets.push_back(std::move(target));
  }

  const Manifest& manifest_;
  const Manifest& workspace_;
  toml::table table_;
};

}  // namespace

std::vector<std::string> texts_of(const toml::node* node) {
  std::vector<std::string> out;
  if (node == nullptr) return out;
  if (const auto* text = node->as_string()) out.push_back(text->get());
  if (const auto* array = node->as_array())
    for (const toml::node& item : *array)
      if (const auto* text = item.as_string()) out.push_back(text->get());
  return out;
}

bool is_inherited(const toml::node* node) {
  const auto* table = node == nullptr ? nullptr : node->as_table();
  return table != nullptr && (*table)["workspace"].value_or(false);
}

Result<Package> read_package(const Manifest& manifest, const Manifest& workspace) {
  return PackageReader(manifest, workspace).run();
}

}  // namespace rockstage::cargo
