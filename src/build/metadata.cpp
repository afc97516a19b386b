#include "build/metadata.hpp"

#include "base/version.hpp"
#include "sys/files.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace rockstage::build {
namespace {

using nlohmann::json;

json text_or_null(const std::string& text) {
  return text.empty() ? json(nullptr) : json(text);
}

json epoch(const std::string& text) {
  const bool digits = !text.empty() && text.size() < 16
                      && text.find_first_not_of("0123456789") == std::string::npos;
  return digits ? json(std::stoll(text)) : json(nullptr);
}

std::string name_and_version(const std::string& id) {
  const CrateName crate = parse_package_id(id);
  return crate.name + "@" + crate.version;
}

/// "name@version" of each, sorted, once each.
json crate_names(const std::vector<std::string>& ids) {
  std::set<std::string> names;
  for (const std::string& id : ids)
    names.insert(name_and_version(id));
  return names;
}

json crate_records(const std::vector<cargo::CompiledCrate>& crates) {
  // Whole records are the keys: what two libraries have in common is told once.
  std::map<std::tuple<std::string, std::string, std::string>, std::set<json>> sorted;
  for (const cargo::CompiledCrate& crate : crates) {
    const CrateName name = parse_package_id(crate.package_id);
    auto features = crate.features;
    std::sort(features.begin(), features.end());
    json record = {{"name", name.name},
                   {"version", name.version},
                   {"source", name.source},
                   {"build_only", crate.build_only},
                   {"features", features},
                   {"license", text_or_null(crate.license)},
                   {"checksum", text_or_null(crate.checksum)},
                   {"dependencies", crate_names(crate.dependencies)}};
    sorted[{name.name, name.version, name.source}].insert(std::move(record));
  }
  json records = json::array();
  for (const auto& [name, variants] : sorted)
    for (const json& record : variants)
      records.push_back(record);
  return records;
}

json library_records(std::vector<RustLibrary> libraries) {
  std::sort(libraries.begin(), libraries.end(), [](const RustLibrary& a, const RustLibrary& b) {
    return a.path < b.path;
  });
  json records = json::array();
  for (const RustLibrary& library : libraries)
    records.push_back({{"module", library.module},
                       {"path", library.path},
                       {"crates", crate_names(library.crates)}});
  return records;
}

/// A build script may print a path where a name belongs.
json library_names(const std::vector<std::string>& libraries) {
  std::vector<std::string> names;
  for (const std::string& library : libraries)
    names.push_back(sys::base_name(library));
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

json git_record(const source::GitFacts& git) {
  if (git.revision.empty()) return nullptr;
  return {{"revision", git.revision}, {"branch", text_or_null(git.branch)}, {"dirty", git.dirty}};
}

}  // namespace

CrateName parse_package_id(const std::string& id) {
  CrateName crate;
  const auto plus = id.find('+');
  const auto hash = id.rfind('#');
  const std::string kind = id.substr(0, std::min(plus, id.size()));
  crate.source = kind == "path" || kind == "git" ? kind : "registry";
  const std::string tail = hash == std::string::npos ? std::string() : id.substr(hash + 1);
  if (const auto at = tail.rfind('@'); at != std::string::npos) {
    crate.name = tail.substr(0, at);
    crate.version = tail.substr(at + 1);
    return crate;
  }
  // The name is left out where it is the last part of the URL; a query (`?branch=x`) follows it.
  const std::string url = id.substr(0, std::min(hash, id.size()));
  crate.name = sys::base_name(url.substr(0, url.find('?')));
  crate.version = tail;
  return crate;
}

std::string to_json(const BuildRecord& record) {
  const plan::Variant& variant = record.variant;
  json out = {{"schema", "rockstage.build/1"},
              {"rockstage", version()},
              {"rock", record.plan.name},
              {"version", record.plan.version},
              {"build_type", record.plan.build_type},
              {"lua", lua::to_string(variant.lua)},
              {"target", text_or_null(variant.target)},
              {"profile", nullptr},
              {"features", json::array()},
              {"default_features", nullptr},
              {"cargo", text_or_null(record.cargo)},
              {"rustc", text_or_null(record.rustc)},
              {"crates", crate_records(record.rust.crates)},
              {"libraries", library_records(record.rust.libraries)},
              {"linked_libraries", library_names(record.rust.linked_libraries)},
              {"git", git_record(record.git)},
              {"build_time", epoch(record.source_date_epoch)}};
  if (!variant.compiles.empty()) {
    const cargo::CompileStep& step = variant.compiles.front();
    out["profile"] = step.profile;
    out["features"] = step.features;
    out["default_features"] = step.default_features;
  }
  return out.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace rockstage::build
