#include "cargo/lua_feature.hpp"

#include "base/text.hpp"
#include "cargo/default_features.hpp"
#include "cargo/feature_set.hpp"
#include "cargo/mlua_features.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace rockstage::cargo {
namespace {

using Names = std::vector<std::string>;
using Outcome = tl::expected<FeatureChoice, FeatureProblem>;

constexpr const char* kFeatureRule = "rock-lua-feature";
constexpr const char* kVendoredRule = "rock-vendored-lua";

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
    if (auto problem = asked_problem(set_.evaluate(request_.features, false)))
      return tl::unexpected(*problem);
    const MluaState before = now();
    leave_out_defaults();
    if (luas_of(now()).empty() && !add_lua())
      return tl::unexpected(declared_problem(before).value_or(no_lua()));
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

  /// What a manifest's dependency fixes cannot be changed here.
  [[nodiscard]] std::optional<FeatureProblem> declared_problem(const MluaState& state) const {
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
    return std::nullopt;
  }

  /// Nor is what the person asked for changed.
  [[nodiscard]] std::optional<FeatureProblem> asked_problem(const MluaState& asked) const {
    if (auto problem = declared_problem(asked)) return problem;
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

  /// Other Lua features, `vendored` and `external` that the default set turns on: it is switched
  /// off, and what is harmless in it passed by name.
  void leave_out_defaults() {
    const MluaState state = now();
    const Names permitted = allowed(state);
    if (!choice_.default_features || !conflicts(state, permitted)) return;
    choice_.default_features = false;
    const SiftedDefaults sifted = sift_defaults(set_, package_, choice_.features, permitted);
    append_new(choice_.features, sifted.kept);
    choice_.notes.push_back(fmt::format(
        "built without the default features, to leave out {}{}",
        text::join(sifted.dropped, ", "),
        sifted.kept.empty() ? ""
                            : "; the others are passed by name: " + text::join(sifted.kept, ", ")));
  }

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
    if (package_.features.count("module") > 0) list.push_back({"module"});
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
