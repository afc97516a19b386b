#include "emit/sbom_record.hpp"

#include "base/json.hpp"
#include "base/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>

namespace rockstage::emit {
namespace {

using nlohmann::json;

/// The member of an object; null where there is none.
const json& at(const json& object, const char* key) {
  static const json kNothing;
  if (!object.is_object()) return kNothing;
  const auto found = object.find(key);
  return found == object.end() ? kNothing : *found;
}

std::string text_at(const json& object, const char* key) {
  const json& value = at(object, key);
  return value.is_string() ? value.get<std::string>() : std::string();
}

std::optional<bool> flag_at(const json& object, const char* key) {
  const json& value = at(object, key);
  return value.is_boolean() ? std::optional(value.get<bool>()) : std::nullopt;
}

std::vector<std::string> texts_at(const json& object, const char* key) {
  std::vector<std::string> texts;
  const json& list = at(object, key);
  if (!list.is_array()) return texts;
  for (const json& value : list)
    if (value.is_string()) texts.push_back(value.get<std::string>());
  return texts;
}

RecordedCrate crate_from(const json& object) {
  RecordedCrate crate;
  crate.name = text_at(object, "name");
  crate.version = text_at(object, "version");
  crate.source = text_at(object, "source");
  crate.license = text_at(object, "license");
  crate.checksum = text_at(object, "checksum");
  crate.build_only = flag_at(object, "build_only").value_or(false);
  crate.features = texts_at(object, "features");
  crate.dependencies = texts_at(object, "dependencies");
  return crate;
}

/// package-url specification: everything but letters, digits and `.-_~` is percent-encoded; the
/// colon may stay.
std::string purl_text(std::string_view text, std::string_view also_plain = {}) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
                       || std::string_view(".-_~:").find(c) != std::string_view::npos
                       || also_plain.find(c) != std::string_view::npos;
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

}  // namespace

Result<Record> read_record(const ShippedRock& rock) {
  Record record;
  if (rock.record.empty()) return record;
  const auto parsed = parse_json(rock.record);
  if (!parsed || !parsed->is_object())
    return fail(Errc::invalid_input,
                fmt::format("the rockstage.json of {} {} cannot be read", rock.name, rock.version),
                "build the rock again into this tree");
  const json& object = *parsed;
  record.rockstage = text_at(object, "rockstage");
  record.build_type = text_at(object, "build_type");
  record.lua = text_at(object, "lua");
  record.target = text_at(object, "target");
  record.profile = text_at(object, "profile");
  record.cargo = text_at(object, "cargo");
  record.rustc = text_at(object, "rustc");
  record.features = texts_at(object, "features");
  record.default_features = flag_at(object, "default_features");
  record.revision = text_at(at(object, "git"), "revision");
  record.branch = text_at(at(object, "git"), "branch");
  record.dirty = flag_at(at(object, "git"), "dirty").value_or(false);
  if (const json& time = at(object, "build_time"); time.is_number_integer())
    record.build_time = time.get<std::int64_t>();
  if (const json& crates = at(object, "crates"); crates.is_array())
    for (const json& crate : crates)
      record.crates.push_back(crate_from(crate));
  if (const json& libraries = at(object, "libraries"); libraries.is_array())
    for (const json& library : libraries)
      record.libraries.push_back({text_at(library, "module"), texts_at(library, "crates")});
  return record;
}

std::string rock_purl(const std::string& name, const std::string& version) {
  return fmt::format("pkg:luarocks/{}@{}", purl_text(text::to_lower(name)), purl_text(version));
}

std::string crate_purl(const std::string& name, const std::string& version) {
  return fmt::format("pkg:cargo/{}@{}", purl_text(name), purl_text(version));
}

std::string file_reference(const std::string& path) {
  return "file:" + purl_text(path, "/");
}

std::optional<std::string> utc_text(std::int64_t seconds) {
  constexpr std::int64_t kYear10000 = 253'402'300'800;
  if (seconds < 0 || seconds >= kYear10000) return std::nullopt;
  const std::chrono::sys_seconds time{std::chrono::seconds(seconds)};
  const auto days = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(days);
  const std::chrono::hh_mm_ss clock(time - days);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
                     static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()),
                     clock.hours().count(),
                     clock.minutes().count(),
                     clock.seconds().count());
}

std::optional<std::int64_t> time_of(const Shipment& shipment, const std::vector<Record>& records) {
  if (shipment.time) return shipment.time;
  std::optional<std::int64_t> latest;
  for (const Record& record : records)
    if (record.build_time)
      latest = std::max(latest.value_or(*record.build_time), *record.build_time);
  return latest;
}

}  // namespace rockstage::emit
