#include "config/schema.hpp"

namespace rockstage::config {
namespace {

constexpr Key kProjectKeys[] = {
    {"rock", Kind::path},
    {"package", Kind::record},
    {"package.name", Kind::text},
    {"package.version", Kind::text},
    {"package.summary", Kind::text},
    {"package.license", Kind::text},
    {"lua_version", Kind::text},
    {"build", Kind::record},
    {"build.type", Kind::text},
    {"build.manifest", Kind::path},
    {"build.package", Kind::text},
    {"build.modules", Kind::map},
    {"build.lua", Kind::path_map},
    {"build.profile", Kind::text, "profile"},
    {"build.features", Kind::list, "features"},
    {"build.default_features", Kind::flag},
    {"lua", Kind::list, "lua"},
    {"targets", Kind::list, "target"},
    {"runtime", Kind::text, "runtime"},
    {"dockerfile", Kind::record},
    {"dockerfile.style", Kind::text, "style"},
    {"dockerfile.builder", Kind::text, "builder"},
    {"dockerfile.base", Kind::text, "base"},
    {"dockerfile.destination", Kind::text, "destination"},
    {"dockerfile.labels", Kind::map, "label"},
    {"smoke", Kind::record},
    {"smoke.script", Kind::path},
    {"smoke.timeout", Kind::number},
    {"export", Kind::record},
    {"export.format", Kind::text},
    {"export.sbom", Kind::text},
    {"verify", Kind::record},
    {"verify.rules", Kind::map},
    {"servers", Kind::list, "server"},
    {"cache", Kind::record},
    {"cache.dir", Kind::directory, "cache-dir"},
    {"cache.max_size", Kind::text},
};

constexpr Key kUserKeys[] = {
    {"all-features", Kind::flag, "all-features"},
    {"cache-dir", Kind::directory, "cache-dir"},
    {"color", Kind::text, "color"},
    {"deps-mode", Kind::text, "deps-mode"},
    {"doc", Kind::flag, "doc"},
    {"features", Kind::list, "features"},
    {"frozen", Kind::flag, "frozen"},
    {"jobs", Kind::number, "jobs"},
    {"keep", Kind::flag, "keep"},
    {"locked", Kind::flag, "locked"},
    {"lua", Kind::list, "lua"},
    {"no-default-features", Kind::flag, "no-default-features"},
    {"offline", Kind::flag, "offline"},
    {"profile", Kind::text, "profile"},
    {"quiet", Kind::flag, "quiet"},
    {"runtime", Kind::text, "runtime"},
    {"server", Kind::list, "server"},
    {"target", Kind::list, "target"},
    {"target-dir", Kind::directory, "target-dir"},
    {"verbose", Kind::flag, "verbose"},
};

}  // namespace

std::span<const Key> project_keys() {
  return kProjectKeys;
}

std::span<const Key> user_keys() {
  return kUserKeys;
}

}  // namespace rockstage::config
