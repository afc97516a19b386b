#include "cargo/feature_set.hpp"

#include <algorithm>
#include <deque>

namespace rockstage::cargo {
namespace {

constexpr std::string_view kMlua = "mlua";

const std::string& key_of(const Declaration& declaration) {
  return declaration.rename.empty() ? declaration.name : declaration.rename;
}

const Package* path_package(const Metadata& metadata, const Declaration& declaration) {
  if (declaration.path.empty()) return nullptr;
  const auto found =
      std::find_if(metadata.packages.begin(), metadata.packages.end(), [&](const Package& package) {
        return package.source.empty() && package.directory() == declaration.path;
      });
  return found == metadata.packages.end() ? nullptr : &*found;
}

/// One evaluation. Everything only grows, so repeating the weak entries until nothing changes ends.
class Evaluation {
 public:
  explicit Evaluation(const Metadata& metadata) : metadata_(metadata) {}

  MluaState run(const Package& package,
                const std::vector<std::string>& features,
                bool default_features) {
    use(package, features, default_features);
    while (apply_weak()) {
    }
    const auto own = on_.find(&package);
    if (own != on_.end()) state_.own = own->second;
    for (const Declaration& declaration : package.dependencies) {
      if (active_.count(&declaration) > 0) state_.dependencies.insert(key_of(declaration));
    }
    return state_;
  }

 private:
  struct Weak {
    const Package* package;
    std::string key, feature;
  };

  void use(const Package& package,
           const std::vector<std::string>& features,
           bool default_features) {
    if (used_.insert(&package).second) {
      for (const Declaration& declaration : package.dependencies) {
        if (declaration.kind == "normal" && !declaration.optional) activate(package, declaration);
      }
    }
    if (default_features) enable(package, "default");
    for (const std::string& feature : features)
      enable(package, feature);
  }

  void enable(const Package& package, const std::string& entry) {
    if (entry.starts_with("dep:")) return activate_key(package, entry.substr(4));
    const auto slash = entry.find('/');
    if (slash != std::string::npos) {
      std::string key = entry.substr(0, slash);
      const std::string feature = entry.substr(slash + 1);
      if (key == package.name) return enable(package, feature);
      if (key.ends_with('?')) {
        key.pop_back();
        weak_.push_back({&package, key, feature});
        return;
      }
      activate_key(package, key);
      return enable_in(package, key, feature);
    }
    if (!on_[&package].insert(entry).second) return;
    const auto found = package.features.find(entry);
    if (found == package.features.end()) return activate_key(package, entry);
    for (const std::string& implied : found->second)
      enable(package, implied);
  }

  void activate_key(const Package& package, const std::string& key) {
    for (const Declaration& declaration : package.dependencies) {
      if (declaration.kind == "normal" && key_of(declaration) == key)
        activate(package, declaration);
    }
  }

  void activate(const Package& package, const Declaration& declaration) {
    if (!active_.insert(&declaration).second) return;
    if (declaration.name == kMlua) {
      state_.active = true;
      for (const std::string& feature : declaration.features) {
        state_.features.insert(feature);
        state_.declared.emplace(feature, package.manifest_path);
      }
    } else if (const Package* other = path_package(metadata_, declaration)) {
      use(*other, declaration.features, declaration.default_features);
    }
  }

  void enable_in(const Package& package, const std::string& key, const std::string& feature) {
    for (const Declaration& declaration : package.dependencies) {
      if (key_of(declaration) != key || active_.count(&declaration) == 0) continue;
      if (declaration.name == kMlua) {
        state_.features.insert(feature);
      } else if (const Package* other = path_package(metadata_, declaration)) {
        enable(*other, feature);
      }
    }
  }

  /// True when something was enabled that was not before.
  bool apply_weak() {
    const auto before = size();
    const std::vector<Weak> entries = weak_;
    weak_.clear();
    for (const Weak& entry : entries)
      enable_in(*entry.package, entry.key, entry.feature);
    weak_.insert(weak_.end(), entries.begin(), entries.end());
    return size() != before;
  }

  [[nodiscard]] std::size_t size() const {
    std::size_t total = state_.features.size() + active_.size();
    for (const auto& [package, features] : on_)
      total += features.size();
    return total;
  }

  const Metadata& metadata_;
  MluaState state_;
  std::set<const Package*> used_;
  std::set<const Declaration*> active_;
  std::map<const Package*, std::set<std::string>> on_;
  std::vector<Weak> weak_;
};

}  // namespace

FeatureSet::FeatureSet(const Metadata& metadata, const Package& package)
    : metadata_(metadata), package_(package) {
  std::set<const Package*> seen = {&package};
  std::deque<const Package*> open = {&package};
  while (!open.empty()) {
    const Package* current = open.front();
    open.pop_front();
    for (const Declaration& declaration : current->dependencies) {
      if (declaration.kind != "normal") continue;
      if (declaration.name == kMlua) {
        declares_mlua_ = true;
        if (current == &package) mlua_keys_.push_back(key_of(declaration));
        continue;
      }
      const Package* other = path_package(metadata, declaration);
      if (other == nullptr) continue;
      if (current == &package) path_dependencies_[key_of(declaration)] = other;
      if (seen.insert(other).second) open.push_back(other);
    }
  }
}

MluaState FeatureSet::evaluate(const std::vector<std::string>& features,
                               bool default_features) const {
  return Evaluation(metadata_).run(package_, features, default_features);
}

}  // namespace rockstage::cargo
