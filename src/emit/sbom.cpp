#include "emit/sbom.hpp"

#include "base/version.hpp"
#include "digest/digest.hpp"
#include "emit/sbom_license.hpp"
#include "emit/sbom_record.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <map>
#include <set>

namespace rockstage::emit {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kArchive = "archive";

std::string dump(const Json& document) {
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json list_of(Json item) {
  Json out = Json::array();
  out.push_back(std::move(item));
  return out;
}

Json licenses(const std::string& text) {
  const License license = classify_license(text);
  if (license.form == LicenseForm::expression) return list_of({{"expression", license.text}});
  const char* key = license.form == LicenseForm::id ? "id" : "name";
  return list_of({{"license", {{key, license.text}}}});
}

Json sha256(const std::string& hash) {
  return list_of({{"alg", "SHA-256"}, {"content", hash}});
}

bool is_sha256(const std::string& text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
}

Json properties(const std::vector<std::pair<std::string, std::string>>& values) {
  Json out = Json::array();
  for (const auto& [name, value] : values)
    if (!value.empty()) out.push_back({{"name", "rockstage:" + name}, {"value", value}});
  return out;
}

Json crate_component(const std::string& reference, const RecordedCrate& crate) {
  const std::string purl = crate_purl(crate.name, crate.version);
  Json out = {{"type", "library"}, {"bom-ref", reference}, {"name", crate.name}};
  out["version"] = crate.version;
  if (!crate.license.empty()) out["licenses"] = licenses(crate.license);
  if (is_sha256(crate.checksum)) out["hashes"] = sha256(crate.checksum);
  out["purl"] = purl;
  out["properties"] = properties({{"source", crate.source}});
  return out;
}

/// "rustc 1.95.0 (59807616e 2026-04-14)" as a component.
Json tool_component(const std::string& line) {
  const auto space = line.find(' ');
  Json out = {{"type", "application"}, {"bom-ref", "tool:" + line}};
  out["name"] = line.substr(0, space);
  if (space != std::string::npos) out["version"] = line.substr(space + 1);
  return out;
}

/// A UUID of version 8 (RFC 9562): the bits are those of a SHA-256.
std::string uuid_of(const std::string& text) {
  std::string hex = digest::hex(digest::Algorithm::sha256, text).substr(0, 32);
  hex[12] = '8';
  hex[16] = "89ab"[(hex[16] >= 'a' ? hex[16] - 'a' + 10 : hex[16] - '0') % 4];
  return fmt::format("{}-{}-{}-{}-{}",
                     hex.substr(0, 8),
                     hex.substr(8, 4),
                     hex.substr(12, 4),
                     hex.substr(16, 4),
                     hex.substr(20));
}

class Bill {
 public:
  Bill(const Shipment& shipment, const std::vector<Record>& records)
      : shipment_(shipment), records_(records) {}

  std::string text() {
    for (std::size_t i = 0; i < shipment_.rocks.size(); ++i)
      add_rock(shipment_.rocks[i], records_[i]);
    for (const ShippedFile& file : shipment_.other_files)
      add_dependency(kArchive, add_file(file));

    // Linked into one library is more than used for the build of another.
    for (const auto& [reference, component] : components_)
      build_components_.erase(reference);
    Json document = {{"bomFormat", "CycloneDX"}, {"specVersion", "1.6"}, {"version", 1}};
    document["metadata"] = metadata();
    document["components"] = values_of(components_);
    document["dependencies"] = dependencies();
    if (!build_components_.empty())
      document["formulation"] = list_of({{"components", values_of(build_components_)}});
    document["serialNumber"] = "urn:uuid:" + uuid_of(dump(document));
    return dump(document);
  }

 private:
  using Components = std::map<std::string, Json>;

  static Json values_of(const Components& components) {
    Json out = Json::array();
    for (const auto& [reference, component] : components)
      out.push_back(component);
    return out;
  }

  void add_dependency(const std::string& from, const std::string& to) {
    dependencies_[from].insert(to);
  }

  /// The same rock may be there for several Luas.
  static std::string rock_reference(const std::string& name,
                                    const std::string& version,
                                    const std::string& lua) {
    return rock_purl(name, version) + "#" + lua;
  }

  /// Crates of one name and version but from other places are not the same.
  static std::string crate_reference(const RecordedCrate& crate) {
    const std::string purl = crate_purl(crate.name, crate.version);
    return crate.source == "registry" ? purl : purl + "#" + crate.source;
  }

  std::string add_file(const ShippedFile& file) {
    const std::string reference = file_reference(file.path);
    components_[reference] = {{"type", "file"},
                              {"bom-ref", reference},
                              {"name", file.path},
                              {"hashes", sha256(file.sha256)}};
    dependencies_.try_emplace(reference);
    return reference;
  }

  void add_rock(const ShippedRock& rock, const Record& record) {
    const std::string reference = rock_reference(rock.name, rock.version, rock.lua);
    Json component = {{"type", "library"}, {"bom-ref", reference}, {"name", rock.name}};
    component["version"] = rock.version;
    if (!rock.summary.empty()) component["description"] = rock.summary;
    if (!rock.license.empty()) component["licenses"] = licenses(rock.license);
    component["purl"] = rock_purl(rock.name, rock.version);
    component["properties"] = properties({{"lua", record.lua.empty() ? rock.lua : record.lua},
                                          {"target", record.target},
                                          {"git-revision", record.revision}});
    components_[reference] = std::move(component);
    add_dependency(kArchive, reference);

    const auto crates = add_crates(record);
    for (const ShippedFile& file : rock.files) {
      const std::string file_ref = add_file(file);
      add_dependency(reference, file_ref);
      for (const std::string& crate : crates_in(record, file)) {
        if (const auto found = crates.find(crate); found != crates.end())
          add_dependency(file_ref, found->second);
      }
    }
    // Where the rock's own commands called cargo it is not known which library holds them.
    for (const auto& [label, crate] : crates)
      if (record.libraries.empty()) add_dependency(reference, crate);
    for (const auto& [name, version] : rock.dependencies)
      if (has_rock(name, version, rock.lua))
        add_dependency(reference, rock_reference(name, version, rock.lua));
    for (const std::string& tool : {record.rustc, record.cargo})
      if (!tool.empty()) build_components_["tool:" + tool] = tool_component(tool);
  }

  [[nodiscard]] bool has_rock(const std::string& name,
                              const std::string& version,
                              const std::string& lua) const {
    for (const ShippedRock& rock : shipment_.rocks)
      if (rock.name == name && rock.version == version && rock.lua == lua) return true;
    return false;
  }

  /// A Lua file may have the module's name, too.
  static std::vector<std::string> crates_in(const Record& record, const ShippedFile& file) {
    for (const RecordedLibrary& library : record.libraries)
      if (library.module == file.module && file.path.ends_with(".so")) return library.crates;
    return {};
  }

  /// The linked crates of a record: "name@version" → reference.
  std::map<std::string, std::string> add_crates(const Record& record) {
    std::map<std::string, std::string> linked;
    for (const RecordedCrate& crate : record.crates) {
      const std::string reference = crate_reference(crate);
      auto& components = crate.build_only ? build_components_ : components_;
      components[reference] = crate_component(reference, crate);
      if (!crate.build_only) linked[crate.label()] = reference;
    }
    for (const RecordedCrate& crate : record.crates) {
      if (crate.build_only) continue;
      const std::string reference = crate_reference(crate);
      dependencies_.try_emplace(reference);
      for (const std::string& label : crate.dependencies)
        if (const auto found = linked.find(label); found != linked.end())
          add_dependency(reference, found->second);
    }
    return linked;
  }

  [[nodiscard]] Json metadata() const {
    Json out = Json::object();
    if (const auto time = time_of(shipment_, records_))
      if (const auto text = utc_text(*time)) out["timestamp"] = *text;
    Json self = {{"type", "application"}, {"name", "rockstage"}, {"version", version()}};
    out["tools"] = {{"components", list_of(std::move(self))}};
    out["component"] = {{"type", "file"},
                        {"bom-ref", kArchive},
                        {"name", shipment_.archive},
                        {"hashes", sha256(shipment_.sha256)}};
    return out;
  }

  [[nodiscard]] Json dependencies() const {
    Json out = Json::array();
    for (const auto& [from, to] : dependencies_) {
      Json entry = {{"ref", from}};
      if (!to.empty()) entry["dependsOn"] = to;
      out.push_back(std::move(entry));
    }
    return out;
  }

  const Shipment& shipment_;
  const std::vector<Record>& records_;
  Components components_, build_components_;
  std::map<std::string, std::set<std::string>> dependencies_;
};

}  // namespace

Result<std::string> cyclonedx(const Shipment& shipment) {
  std::vector<Record> records;
  for (const ShippedRock& rock : shipment.rocks) {
    RS_TRY_ASSIGN(auto record, read_record(rock));
    records.push_back(std::move(record));
  }
  return Bill(shipment, records).text();
}

}  // namespace rockstage::emit
