#include "emit/provenance.hpp"

#include "base/version.hpp"
#include "emit/sbom_record.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <map>
#include <set>

namespace rockstage::emit {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kProject = "https://github.com/rockstage/rockstage";
constexpr std::string_view kBuildType =
    "https://github.com/rockstage/rockstage/blob/main/docs/formats/sbom.md#build-type";

Json text_or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

/// What the person who built it decided.
Json parameters_of(const ShippedRock& rock, const Record& record) {
  Json out = {{"rock", rock.name}, {"version", rock.version}};
  out["rockspec"] = text_or_null(rock.rockspec);
  out["build_type"] = text_or_null(record.build_type);
  out["lua"] = record.lua.empty() ? rock.lua : record.lua;
  out["target"] = text_or_null(record.target);
  out["profile"] = text_or_null(record.profile);
  out["features"] = record.features;
  out["default_features"] =
      record.default_features ? Json(*record.default_features) : Json(nullptr);
  return out;
}

/// Keyed, so that what several rocks have in common stands once.
using Descriptors = std::map<std::string, Json>;

void add_sources(const ShippedRock& rock, const Record& record, Descriptors& out) {
  if (!rock.rockspec_sha256.empty())
    out["1 " + rock.rockspec + rock.rockspec_sha256] = {
        {"name", rock.rockspec}, {"digest", {{"sha256", rock.rockspec_sha256}}}};
  if (record.revision.empty()) return;
  Json git = {{"name", "sources of " + rock.name},
              {"digest", {{"gitCommit", record.revision}}},
              {"annotations", {{"dirty", record.dirty}}}};
  if (!record.branch.empty()) git["annotations"]["branch"] = record.branch;
  out["0 " + rock.name + record.revision] = std::move(git);
}

void add_crates(const Record& record, Descriptors& out) {
  for (const RecordedCrate& crate : record.crates) {
    // A crate of the checkout is told by its commit.
    if (crate.source == "path") continue;
    const std::string uri = crate_purl(crate.name, crate.version);
    Json descriptor = {{"uri", uri}, {"name", crate.name}};
    if (!crate.checksum.empty()) descriptor["digest"] = {{"sha256", crate.checksum}};
    descriptor["annotations"] = {{"source", crate.source}, {"build_only", crate.build_only}};
    const std::string key = fmt::format("2 {} {}", uri, crate.checksum);
    // Linked into one library is more than used for the build of another.
    const auto known = out.find(key);
    if (known == out.end() || !crate.build_only) out[key] = std::move(descriptor);
  }
}

Json versions(const std::vector<Record>& records) {
  std::map<std::string, std::set<std::string>> found;
  for (const Record& record : records) {
    found["rockstage"].insert(record.rockstage);
    found["cargo"].insert(record.cargo);
    found["rustc"].insert(record.rustc);
  }
  Json out = Json::object();
  for (auto& [tool, values] : found) {
    values.erase(std::string());
    std::string all;
    for (const std::string& value : values)
      all += (all.empty() ? "" : ", ") + value;
    if (!all.empty()) out[tool] = all;
  }
  return out;
}

Json statement(const Shipment& shipment, const std::vector<Record>& records) {
  Json rocks = Json::array();
  Descriptors descriptors;
  for (std::size_t i = 0; i < records.size(); ++i) {
    rocks.push_back(parameters_of(shipment.rocks[i], records[i]));
    add_sources(shipment.rocks[i], records[i], descriptors);
    add_crates(records[i], descriptors);
  }
  Json dependencies = Json::array();
  for (const auto& [key, descriptor] : descriptors)
    dependencies.push_back(descriptor);

  Json run = {{"builder", {{"id", kProject}, {"version", versions(records)}}}};
  if (const auto time = time_of(shipment, records))
    if (const auto text = utc_text(*time)) run["metadata"] = {{"finishedOn", *text}};

  Json subject = Json::array();
  subject.push_back({{"name", shipment.archive}, {"digest", {{"sha256", shipment.sha256}}}});
  return {{"_type", "https://in-toto.io/Statement/v1"},
          {"subject", subject},
          {"predicateType", "https://slsa.dev/provenance/v1"},
          {"predicate",
           {{"buildDefinition",
             {{"buildType", kBuildType},
              {"externalParameters", {{"rocks", rocks}}},
              {"internalParameters", {{"exported_by", fmt::format("rockstage {}", version())}}},
              {"resolvedDependencies", dependencies}}},
            {"runDetails", run}}}};
}

}  // namespace

Result<std::string> provenance(const Shipment& shipment) {
  std::vector<Record> records;
  for (const ShippedRock& rock : shipment.rocks) {
    RS_TRY_ASSIGN(auto record, read_record(rock));
    records.push_back(std::move(record));
  }
  return statement(shipment, records).dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace rockstage::emit
