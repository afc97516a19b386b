#include "base/json.hpp"
#include "cargo/compile.hpp"
#include "cargo/json_fields.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace rockstage::cargo {
namespace {

using nlohmann::json;

bool has(const std::vector<std::string>& values, std::string_view value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

/// `-l` kinds of a build script: only a shared library is looked for again at run time.
/// "dylib:+as-needed=z" → "z".
std::string shared_library(const std::string& linked) {
  const auto equals = linked.find('=');
  if (equals == std::string::npos) return linked;
  const std::string kind = linked.substr(0, std::min(equals, linked.find(':')));
  return kind == "dylib" ? linked.substr(equals + 1) : std::string();
}

CompiledCrate new_crate(const std::string& id, bool build_only) {
  CompiledCrate crate;
  crate.package_id = id;
  crate.build_only = build_only;
  return crate;
}

}  // namespace

bool MessageReader::is_for_the_build(const std::vector<std::string>& kinds,
                                     const std::vector<std::string>& files) const {
  if (has(kinds, "proc-macro") || has(kinds, "custom-build")) return true;
  return !target_root_.empty() && std::none_of(files.begin(), files.end(), [&](const auto& file) {
    return file.starts_with(target_root_ + "/");
  });
}

bool MessageReader::line(std::string_view text) {
  if (text.empty() || text.front() != '{') return false;
  const auto parsed = parse_json(text);
  if (!parsed || !parsed->is_object()) return false;
  const json& message = *parsed;
  const std::string reason = text_at(message, "reason");
  if (reason.empty()) return false;
  if (reason == "build-finished") success_ = flag_at(message, "success", false);
  if (reason == "build-script-executed") {
    for (const std::string& linked : texts(array_at(message, "linked_libs"))) {
      const std::string name = shared_library(linked);
      if (!name.empty() && !has(linked_, name)) linked_.push_back(name);
    }
    std::sort(linked_.begin(), linked_.end());
  }
  const auto target = message.find("target");
  if (reason != "compiler-artifact" || target == message.end() || !target->is_object()) return true;

  const std::string id = text_at(message, "package_id");
  const std::string name = text_at(*target, "name");
  const auto kinds = texts(array_at(*target, "kind"));
  if (!has(kinds, "custom-build")) last_crate_ = name;  // those are all called build-script-build
  const auto files = texts(array_at(message, "filenames"));
  const bool for_the_build = is_for_the_build(kinds, files);
  const auto [crate, is_new] = crates_.try_emplace(id, new_crate(id, for_the_build));
  if (is_new || !for_the_build) crate->second.features = texts(array_at(message, "features"));
  crate->second.build_only = crate->second.build_only && for_the_build;
  if (!has(texts(array_at(*target, "crate_types")), "cdylib")) return true;
  for (const std::string& file : files) {
    if (!file.ends_with(".so")) continue;
    cdylibs_.push_back({id, name, file, flag_at(message, "fresh", false)});
    break;
  }
  return true;
}

std::size_t MessageReader::crates_done() const {
  return crates_.size();
}

std::vector<CompiledCrate> MessageReader::crates() const {
  std::vector<CompiledCrate> list;
  for (const auto& [id, crate] : crates_)
    list.push_back(crate);
  return list;
}

}  // namespace rockstage::cargo
