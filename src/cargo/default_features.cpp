#include "cargo/default_features.hpp"

#include "cargo/mlua_features.hpp"

#include <set>

namespace rockstage::cargo {
namespace {

using Names = std::vector<std::string>;

class Sifter {
 public:
  Sifter(const FeatureSet& set, const Package& package, const Names& permitted)
      : set_(set), package_(package), permitted_(permitted) {}

  SiftedDefaults run(const Names& features) {
    const auto defaults = package_.features.find("default");
    if (defaults == package_.features.end()) return sifted_;
    for (const std::string& entry : defaults->second)
      sift(entry);
    Names all = features;
    append_new(all, sifted_.kept);
    const MluaState rest = set_.evaluate(all, false);
    for (const std::string& entry : weak_) {
      const auto mark = entry.find("?/");
      const std::string key = entry.substr(0, mark);
      if (rest.dependencies.count(key) > 0)
        append_new(sifted_.kept, {key + entry.substr(mark + 1)});
    }
    return sifted_;
  }

 private:
  void sift(const std::string& entry) {
    if (!seen_.insert(entry).second) return;
    if (!conflicts(set_.evaluate({entry}, false), permitted_)) return keep(entry);
    const auto found = package_.features.find(entry);
    const bool is_about_lua = is_lua_feature(entry) || entry == "vendored" || entry == "external";
    if (found == package_.features.end() || is_about_lua)
      return append_new(sifted_.dropped, {entry});
    for (const std::string& part : found->second)
      sift(part);
  }

  /// `--features` takes no `a?/f`, and no `dep:a`: a feature that means the same stands for it.
  void keep(const std::string& entry) {
    if (entry.find("?/") != std::string::npos) return append_new(weak_, {entry});
    if (!entry.starts_with("dep:")) return append_new(sifted_.kept, {entry});
    for (const auto& [name, entries] : package_.features) {
      if (entries == Names{entry}) return append_new(sifted_.kept, {name});
    }
    append_new(sifted_.dropped, {entry});
  }

  const FeatureSet& set_;
  const Package& package_;
  const Names& permitted_;
  SiftedDefaults sifted_;
  Names weak_;  ///< `a?/f`: to be passed as `a/f` where `a` is on
  std::set<std::string> seen_;
};

}  // namespace

SiftedDefaults sift_defaults(const FeatureSet& set,
                             const Package& package,
                             const std::vector<std::string>& features,
                             const std::vector<std::string>& permitted) {
  return Sifter(set, package, permitted).run(features);
}

}  // namespace rockstage::cargo
