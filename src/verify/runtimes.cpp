#include "verify/runtimes.hpp"

#include "base/text.hpp"
#include "runtime/profiles.hpp"
#include "verify/context.hpp"

#include <algorithm>
#include <set>

namespace rockstage::verify {
namespace {

/// What the builds of a tree have left in their rockstage.json files.
struct BuildRecords {
  std::set<lua::Lua> luas;
  std::string platform;
};

/// The value of a text field at the top of a JSON object of one field a line, as rockstage writes
/// it; empty where it is none.
std::string json_text(std::string_view json, const std::string& field) {
  const auto name = "\"" + field + "\"";
  const auto at = json.find(name);
  if (at == std::string_view::npos) return {};
  auto rest = text::trim(json.substr(at + name.size()));
  if (!rest.starts_with(':')) return {};
  rest = text::trim(rest.substr(1));
  if (!rest.starts_with('"')) return {};
  rest.remove_prefix(1);
  return std::string(rest.substr(0, std::min(rest.find('"'), rest.size())));
}

/// "x86_64-unknown-linux-gnu" → "linux/amd64"; empty for a machine that no image platform has.
std::string platform_of_triple(std::string_view triple) {
  struct Pair {
    std::string_view machine, platform;
  };

  constexpr Pair kPairs[] = {{"x86_64", "linux/amd64"},
                             {"aarch64", "linux/arm64"},
                             {"armv7", "linux/arm/v7"},
                             {"i686", "linux/386"},
                             {"riscv64gc", "linux/riscv64"},
                             {"s390x", "linux/s390x"},
                             {"powerpc64le", "linux/ppc64le"}};
  const auto machine = triple.substr(0, triple.find('-'));
  for (const auto& pair : kPairs)
    if (machine == pair.machine) return std::string(pair.platform);
  return {};
}

BuildRecords read_build_records(const Root& root) {
  BuildRecords records;
  for (const auto& node : root.platform->view.nodes()) {
    if (root.subject->paths->name(node.path) != "rockstage.json" || node.origin.implied()) continue;
    const auto listing = root.platform->layers[node.origin.layer].listing;
    const auto* facts = root.collector->facts(listing, node.origin.entry);
    if (facts == nullptr) continue;
    if (const auto lua = lua::parse_lua(json_text(facts->text, "lua"))) records.luas.insert(*lua);
    if (records.platform.empty())
      records.platform = platform_of_triple(json_text(facts->text, "target"));
  }
  return records;
}

Result<runtime::Profile> generic(lua::Lua lua) {
  RS_TRY_ASSIGN(auto profile, runtime::find_profile(runtime::generic_profile(lua)));
  profile.lua = lua;
  return profile;
}

Result<Runtimes> of_tree(const Request& request, const Root& root) {
  const auto records = read_build_records(root);
  Runtimes runtimes{request.runtimes, request.platform, {}};
  if (runtimes.platform.empty())
    runtimes.platform = records.platform.empty() ? runtime::host_platform() : records.platform;
  if (!runtimes.profiles.empty()) return runtimes;
  auto luas = request.lua ? std::set{*request.lua} : records.luas;
  if (luas.empty()) luas.insert(lua::Lua::luajit);
  for (const auto lua : luas) {
    RS_TRY_ASSIGN(auto profile, generic(lua));
    runtimes.profiles.push_back(std::move(profile));
  }
  return runtimes;
}

Result<Runtimes> of_image(const Request& request, const Root& root) {
  Runtimes runtimes{request.runtimes, root.platform->name, {}};
  if (runtimes.platform.empty())
    runtimes.platform = request.platform.empty() ? runtime::host_platform() : request.platform;
  if (!runtimes.profiles.empty()) return runtimes;
  if (auto found = detect_profile(root)) {
    runtimes.profiles.push_back(*std::move(found));
    return runtimes;
  }
  if (!request.lua)
    runtimes.undetermined = "no Lua runtime that is known was found in it; judged as LuaJIT";
  RS_TRY_ASSIGN(auto profile, generic(request.lua.value_or(lua::Lua::luajit)));
  runtimes.profiles.push_back(std::move(profile));
  return runtimes;
}

}  // namespace

Result<Runtimes> choose_runtimes(const Request& request, const Root& root) {
  return is_bare_tree(*root.subject, *root.platform) ? of_tree(request, root)
                                                     : of_image(request, root);
}

}  // namespace rockstage::verify
