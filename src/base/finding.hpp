#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace rockstage {

enum class Severity { note, warning, error };

/// What a finding rests on, as a record: texts, numbers, switches and lists of texts by name.
using EvidenceValue = std::variant<std::string, std::int64_t, bool, std::vector<std::string>>;
using Evidence = std::map<std::string, EvidenceValue>;

/// The layer of an image that a finding is about.
struct FindingLayer {
  std::size_t index = 0;   ///< 0 is the lowest
  std::string digest;      ///< of the blob, `sha256:…`
  std::string created_by;  ///< the instruction of the image's history; empty when unknown
};

/// Who decided that a finding does not count.
struct Waiver {
  std::string reason;
  std::string expires;  ///< YYYY-MM-DD; empty for never
};

/// What a rule has to say about a file. Data, never an error.
struct Finding {
  std::string rule;  ///< a public name of base/rules.hpp
  Severity severity = Severity::warning;
  std::string path;  ///< relative to the subject; empty when it is about the whole
  std::string message;
  Evidence evidence;
  std::string fix;
  std::optional<FindingLayer> layer = {};
  std::optional<Waiver> waived = {};
};

using Findings = std::vector<Finding>;

}  // namespace rockstage
