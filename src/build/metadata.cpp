#include "build/metadata.hpp"

#include "base/version.hpp"
#include "sys/files.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
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

json crate_records(const std::vector<cargo::CompiledCrate>& crates) {
  std::vector<std::tuple<CrateName, bool, std::vector<std::string>>> sorted;
  for (const cargo::CompiledCrate& crate : crates) {
    auto features = crate.features;
    std::sort(features.begin(), features.end());
    sorted.emplace_back(parse_package_id(crate.package_id), crate.build_only, std::move(features));
  }
  const auto key = [](const auto& item) {
    const auto& [crate, build_only, features] = item;
    return std::tie(crate.name, crate.version, crate.source, build_only, features);
  };
  std::sort(
      sorted.begin(), sorted.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
  sorted.erase(std::unique(sorted.begin(),
                           sorted.end(),
                           [&](const auto& a, const auto& b) { return key(a) == key(b); }),
               sorted.end());
  json records = json::array();
  for (const auto& [crate, build_only, features] : sorted)
    records.push_back({{"name", crate.name},
                       {"version", crate.version},
                       {"source", crate.source},
                       {"build_only", build_only},
                       {"features", features}});
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
