#include "archive/pax.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace rockstage::archive {
namespace {

constexpr std::size_t kMostOddities = 8;

struct Record {
  std::string_view key, value;
};

std::optional<std::uint64_t> decimal(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Takes the first record from `records`.
Result<Record> next_record(std::string_view& records) {
  const auto blank = records.find(' ');
  const auto length = decimal(records.substr(0, std::min(blank, records.size())));
  if (blank == std::string_view::npos || !length || *length <= blank + 1 || *length > records.size()
      || records[*length - 1] != '\n')
    return fail(Errc::invalid_input, "a record of the extended header has a wrong length");
  const auto body = records.substr(blank + 1, *length - blank - 2);
  const auto equals = body.find('=');
  if (equals == std::string_view::npos || equals == 0)
    return fail(Errc::invalid_input, "a record of the extended header has no name");
  records.remove_prefix(*length);
  return Record{body.substr(0, equals), body.substr(equals + 1)};
}

void odd(PaxFields& fields, std::string what) {
  if (fields.oddities.size() < kMostOddities) fields.oddities.push_back(std::move(what));
}

void take_text(PaxFields& fields, std::optional<std::string>& field, const Record& record) {
  if (field) odd(fields, fmt::format("has the record {} twice", record.key));
  if (record.value.empty()) odd(fields, fmt::format("has an empty record {}", record.key));
  const auto nul = record.value.find('\0');
  if (nul != std::string_view::npos)
    odd(fields, fmt::format("has a NUL in the record {}", record.key));
  if (!record.value.empty()) field = record.value.substr(0, nul);
}

Result<void> take_number(PaxFields& fields,
                         std::optional<std::uint64_t>& field,
                         const Record& record) {
  if (field) odd(fields, fmt::format("has the record {} twice", record.key));
  const auto value = decimal(record.value);
  if (!value || *value >> 63U != 0)
    return fail(Errc::invalid_input,
                fmt::format("the record {} of the extended header is no number", record.key));
  field = value;
  return {};
}

Result<void> take(PaxFields& fields, const Record& record) {
  if (record.key == "path")
    take_text(fields, fields.path, record);
  else if (record.key == "linkpath")
    take_text(fields, fields.link_path, record);
  else if (record.key == "size")
    return take_number(fields, fields.size, record);
  else if (record.key == "uid")
    return take_number(fields, fields.uid, record);
  else if (record.key == "gid")
    return take_number(fields, fields.gid, record);
  else if (record.key.starts_with("GNU.sparse.") || record.key == "SCHILY.realsize")
    fields.sparse = true;
  return {};
}

}  // namespace

Result<PaxFields> parse_pax(std::string_view records) {
  PaxFields fields;
  while (!records.empty()) {
    RS_TRY_ASSIGN(const auto record, next_record(records));
    RS_TRY(take(fields, record));
  }
  return fields;
}

}  // namespace rockstage::archive
