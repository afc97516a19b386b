#include "cargo/lua_feature.hpp"

#include "base/text.hpp"
#include "cargo/feature_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>

namespace rockstage::cargo {
namespace {

using Names = std::vector<std::string>;
using Outcome = tl::expected<FeatureChoice, FeatureProblem>;

constexpr std::array<std::string_view, 8> kLuaFeatures = {
    "lua55", "lua54", "lua53", "lua52", "lua51", "luajit", "luajit52", "luau"};
constexpr const char* kFeatureRule = "rock-lua-feature";
constexpr const char* kVendoredRule = "rock-vendored-lua";

bool has(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_lua_feature(std::string_view name) {
  return std::find(kLuaFeatures.begin(), kLuaFeatures.end(), name) != kLuaFeatures.end();
}

/// mlua's features that fit, best first. LuaJIT and Lua 5.1 load each other's modules.
Names fitting(lua::Lua lua) {
  if (lua::is_luajit(lua)) return {"luajit", "lua51", "luajit52"};
  if (lua == lua::Lua::lua51) return {"lua51", "luajit", "luajit52"};
  return {"lua" + text::replace_all(lua::version_directory(lua), ".", "")};
}

std::string spoken(lua::Lua lua) {
  if (lua == lua::Lua::luajit) return "LuaJIT";
  if (lua == lua::Lua::openresty) return "OpenResty";
  return "Lua " + lua::version_directory(lua);
}

/// mlua's Lua features that are on; luajit52 is a kind of luajit.
Names luas_of(const MluaState& state) {
  Names luas;
  for (const std::string& feature : state.features) {
    if (is_lua_feature(feature) && !(feature == "luajit" && state.features.count("luajit52") > 0))
      luas.push_back(feature);
  }
  return luas;
}

/// The feature that puts a Lua into the module, or links one; empty when there is none.
std::string foreign_lua(const MluaState& state) {
  for (const char* name : {"vendored", "external"}) {
    if (state.features.count(name) > 0) return name;
  }
  return {};
}

void append_new(Names& to, const Names& more) {
  for (const std::string& name : more) {
    if (!has(to, name)) to.push_back(name);
  }
}

class Chooser {
 public:
  Chooser(const Metadata& metadata,
          const Package& package,
          lua::Lua lua,
          const FeatureRequest& request)
      : package_(package),
        lua_(lua),
        request_(request),
        fitting_(fitting(lua)),
        set_(metadata, package) {
    append_new(choice_.features, request.features);
    choice_.default_features = request.default_features;
  }

  Outcome run() {
    if (!request_.native) return choice_;
    if (!set_.declares_mlua()) return without_mlua();
    if (request_.all_features) return with_all();
    if (auto problem = check_fixed()) return tl::unexpected(*problem);
    leave_out_defaults();
    if (luas_of(now()).empty() && !add_lua()) return tl::unexpected(no_lua());
    if (!fits(now())) return tl::unexpected(several_luas(now()));
    if (now().features.count("module") == 0 && !add_module()) return tl::unexpected(no_module());
    if (const std::string name = foreign_lua(now()); !name.empty())
      return tl::unexpected(brings_lua(name));
    if (now().features.count("send") > 0)
      choice_.notes.push_back(
          "mlua's features module and send exclude each other in some of its releases");
    return choice_;
  }

 private:
  [[nodiscard]] MluaState with(const Names& more) const {
    Names all = choice_.features;
    append_new(all, more);
    return set_.evaluate(all, choice_.default_features);
  }

  [[nodiscard]] MluaState now() const { return with({}); }

  [[nodiscard]] bool fits(const MluaState& state) const {
    const Names luas = luas_of(state);
    return luas.size() == 1 && has(fitting_, luas.front());
  }

  /// The user's choice, or what a manifest fixes, cannot be changed here.
  [[nodiscard]] std::optional<FeatureProblem> check_fixed() const {
    const MluaState state = now();
    const MluaState asked = set_.evaluate(request_.features, false);
    for (const auto& [feature, manifest] : state.declared) {
      if (is_lua_feature(feature) && !has(fitting_, feature))
        return FeatureProblem{
            kFeatureRule,
            fmt::format("the mlua dependency in {} fixes {}, the rock is for {}",
                        manifest,
                        feature,
                        spoken(lua_)),
            fmt::format(
                "move {} from the dependency to [features] of the crate, or build for that Lua",
                feature)};
      if (feature == "vendored" || feature == "external") return brings_lua(feature, manifest);
    }
    for (const std::string& feature : luas_of(asked)) {
      if (!has(fitting_, feature))
        return FeatureProblem{
            kFeatureRule,
            fmt::format(
                "the features asked for turn on {}, the rock is for {}", feature, spoken(lua_)),
            fmt::format("leave out the feature that turns on mlua/{}", feature)};
    }
    if (const std::string name = foreign_lua(asked); !name.empty()) return brings_lua(name);
    return std::nullopt;
  }

  // --- default features
  // -----------------------------------------------------------------------------------------------

  /// Lua features that may be on: those that are fixed already, else the fitting ones, one of them.
  [[nodiscard]] Names allowed(const MluaState& state) const {
    const Names fixed = luas_of(set_.evaluate(request_.features, false));
    if (!fixed.empty()) return fixed;
    const Names luas = luas_of(state);
    for (const std::string& name : fitting_) {
      if (has(luas, name)) return {name};
    }
    return fitting_;
  }

  static bool conflicts(const MluaState& state, const Names& allowed) {
    const Names luas = luas_of(state);
    return !foreign_lua(state).empty()
           || std::any_of(
               luas.begin(), luas.end(), [&](const auto& name) { return !has(allowed, name); });
  }

  /// Other Lua features, `vendored` and `external` that the default set turns on: it is switched
  /// off, and what is harmless in it passed by name.
  void leave_out_defaults() {
    const MluaState state = now();
    const Names permitted = allowed(state);
    if (!choice_.default_features || !conflicts(state, permitted)) return;
    choice_.default_features = false;
    Sifted sifted;
    const auto defaults = package_.features.find("default");
    if (defaults != package_.features.end()) {
      for (const std::string& entry : defaults->second)
        sift(entry, permitted, sifted);
    }
    append_new(choice_.features, sifted.kept);
    const MluaState rest = now();
    for (const std::string& entry : sifted.weak) {
      const auto mark = entry.find("?/");
      const std::string key = entry.substr(0, mark);
      if (rest.dependencies.count(key) > 0)
        append_new(choice_.features, {key + entry.substr(mark + 1)});
    }
    choice_.notes.push_back(fmt::format(
        "built without the default features, to leave out {}{}",
        text::join(sifted.dropped, ", "),
        sifted.kept.empty() ? ""
                            : "; the others are passed by name: " + text::join(sifted.kept, ", ")));
  }

  struct Sifted {
    Names kept, dropped;
    Names weak;  ///< `a?/f`: to be passed as `a/f` where `a` is on
    std::set<std::string> seen;
  };

  /// Keeps `entry` of the default set whole, or in parts, or drops it.
  void sift(const std::string& entry, const Names& permitted, Sifted& sifted) const {
    if (!sifted.seen.insert(entry).second) return;
    if (!conflicts(set_.evaluate({entry}, false), permitted)) {
      if (entry.find("?/") != std::string::npos) return append_new(sifted.weak, {entry});
      const std::string name = on_command_line(entry);
      return append_new(name.empty() ? sifted.dropped : sifted.kept, {name.empty() ? entry : name});
    }
    const auto found = package_.features.find(entry);
    const bool is_about_lua = is_lua_feature(entry) || entry == "vendored" || entry == "external";
    if (found == package_.features.end() || is_about_lua)
      return append_new(sifted.dropped, {entry});
    for (const std::string& part : found->second)
      sift(part, permitted, sifted);
  }

  /// `--features` takes no `dep:a`: a feature that means the same; empty when there is none.
  [[nodiscard]] std::string on_command_line(const std::string& entry) const {
    if (!entry.starts_with("dep:")) return entry;
    for (const auto& [name, entries] : package_.features) {
      if (entries == Names{entry}) return name;
    }
    return {};
  }

  // --- the Lua feature
  // --------------------------------------------------------------------------------------------------

  /// Features of the package that compile an optional mlua and fix nothing wrong.
  [[nodiscard]] Names activators() const {
    Names names;
    for (const auto& [name, entries] : package_.features) {
      const MluaState state = with({name});
      if (name != "default" && state.active && luas_of(state).empty() && foreign_lua(state).empty())
        names.push_back(name);
    }
    // The usual names first: other features may need mlua only by the way.
    std::stable_partition(names.begin(), names.end(), [](const std::string& name) {
      return name == "mlua" || name == "lua" || name == "module";
    });
    return names;
  }

  /// In the order of preference; each is tried as cargo would take it.
  [[nodiscard]] std::vector<Names> candidates(const Names& wanted) const {
    std::vector<Names> list;
    for (const std::string& name : wanted) {
      if (package_.features.count(name) > 0) list.push_back({name});
    }
    const Names first = now().active ? Names{} : activators();
    for (const std::string& name : wanted) {
      if (package_.features.count(name) == 0) continue;
      for (const std::string& activator : first)
        list.push_back({activator, name});
    }
    for (const std::string& name : wanted) {
      for (const std::string& key : set_.mlua_keys()) {
        for (const std::string& activator : first)
          list.push_back({activator, key + "/" + name});
        list.push_back({key + "/" + name});
      }
    }
    for (const std::string& name : wanted) {
      for (const auto& [key, package] : set_.path_dependencies()) {
        if (package->features.count(name) > 0) list.push_back({key + "/" + name});
      }
    }
    for (const auto& [name, entries] : package_.features) {
      if (name != "default") list.push_back({name});
    }
    return list;
  }

  bool add_lua() {
    for (const Names& candidate : candidates(fitting_)) {
      const MluaState state = with(candidate);
      if (!state.active || !fits(state) || !foreign_lua(state).empty()) continue;
      append_new(choice_.features, candidate);
      choice_.lua_feature = candidate.back();
      const std::string lua = luas_of(state).front();
      if (lua != fitting_.front())
        choice_.notes.push_back(
            fmt::format("'{}' has no feature {}; {} gives the same ABI and is used",
                        package_.name,
                        fitting_.front(),
                        lua));
      return true;
    }
    return false;
  }

  bool add_module() {
    // A feature of the crate's own that passes `module` on may also guard the code that needs it.
    std::vector<Names> list;
    for (const auto& [name, entries] : package_.features) {
      const bool passes_on = std::any_of(
          set_.mlua_keys().begin(), set_.mlua_keys().end(), [&, &parts = entries](const auto& key) {
            return has(parts, key + "/module") || has(parts, key + "?/module");
          });
      if (passes_on && name != "default") list.push_back({name});
    }
    for (const Names& candidate : candidates({"module"}))
      list.push_back(candidate);
    for (const Names& candidate : list) {
      const MluaState state = with(candidate);
      if (state.features.count("module") == 0 || !fits(state) || !foreign_lua(state).empty())
        continue;
      append_new(choice_.features, candidate);
      choice_.notes.push_back(
          fmt::format("{} is passed, so that the module links no Lua", candidate.back()));
      return true;
    }
    return false;
  }

  // --- crates without mlua, and --all-features
  // ---------------------------------------------------------------------------

  Outcome without_mlua() {
    if (request_.all_features) return choice_;
    const MluaState state = now();
    for (const std::string& name : fitting_) {
      if (state.own.count(name) > 0) return choice_;
    }
    for (const std::string& name : fitting_) {
      if (package_.features.count(name) == 0) continue;
      append_new(choice_.features, {name});
      choice_.lua_feature = name;
      break;
    }
    return choice_;
  }

  Outcome with_all() {
    Names all;
    for (const auto& [name, entries] : package_.features)
      all.push_back(name);
    const MluaState state = with(all);
    if (const std::string name = foreign_lua(state); !name.empty())
      return tl::unexpected(brings_lua(name));
    if (!fits(state)) return tl::unexpected(several_luas(state));
    if (state.features.count("module") == 0) return tl::unexpected(no_module());
    return choice_;
  }

  // --- what cannot be done
  // ------------------------------------------------------------------------------------------------

  [[nodiscard]] FeatureProblem no_lua() const {
    Names own;
    Names luas;
    for (const auto& [name, entries] : package_.features) {
      if (name != "default") own.push_back(name);
      if (is_lua_feature(name)) luas.push_back(name);
    }
    std::string message =
        luas.empty() ? fmt::format("'{}' has no feature for {}", package_.name, spoken(lua_))
                     : fmt::format("'{}' supports {} only, the rock is for {}",
                                   package_.name,
                                   text::join(luas, ", "),
                                   spoken(lua_));
    message += own.empty() ? "; it has no features" : "; its features: " + text::join(own, ", ");
    const std::string& name = fitting_.front();
    return {kFeatureRule,
            message,
            fmt::format("add {} = [\"mlua/{}\"] to [features] of its Cargo.toml", name, name)};
  }

  [[nodiscard]] FeatureProblem several_luas(const MluaState& state) const {
    const Names luas = luas_of(state);
    return {kFeatureRule,
            luas.empty()
                ? fmt::format("no feature of '{}' turns on a Lua of mlua", package_.name)
                : fmt::format("the features turn on {}, mlua takes exactly one, the rock is for {}",
                              text::join(luas, ", "),
                              spoken(lua_)),
            fmt::format("leave on only {}", fitting_.front())};
  }

  [[nodiscard]] FeatureProblem no_module() const {
    return {kVendoredRule,
            fmt::format("'{}' links Lua into the module: mlua's feature module is off, and no "
                        "feature turns it on",
                        package_.name),
            "enable mlua/module: features = [\"module\"] in the mlua dependency"};
  }

  [[nodiscard]] FeatureProblem brings_lua(const std::string& feature,
                                          const std::string& manifest = {}) const {
    return {kVendoredRule,
            fmt::format(
                "mlua's feature {} puts a Lua of its own into the module{}",
                feature,
                manifest.empty() ? "" : fmt::format(": the dependency in {} fixes it", manifest)),
            fmt::format("a module needs mlua/module instead of {}", feature)};
  }

  const Package& package_;
  lua::Lua lua_;
  const FeatureRequest& request_;
  Names fitting_;
  FeatureSet set_;
  FeatureChoice choice_;
};

}  // namespace

tl::expected<FeatureChoice, FeatureProblem> choose_lua_feature(const Metadata& metadata,
                                                               const Package& package,
                                                               lua::Lua lua,
                                                               const FeatureRequest& request) {
  return Chooser(metadata, package, lua, request).run();
}

}  // namespace rockstage::cargo
