#include "verify/collect_text.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace rockstage::verify {
namespace {

constexpr std::size_t kMostLine = 4096;  // bytes; longer lines are descriptions, never names

/// "a/b" stands at the end of `path`, as whole components.
bool ends_with_components(std::string_view path, std::string_view end) {
  if (!path.ends_with(end)) return false;
  return path.size() == end.size() || path[path.size() - end.size() - 1] == '/';
}

}  // namespace

bool keeps_text(std::string_view path) {
  constexpr std::array<std::string_view, 13> kNames = {"etc/ld.so.conf",
                                                       "etc/ld.so.cache",
                                                       "etc/os-release",
                                                       "usr/lib/os-release",
                                                       "etc/passwd",
                                                       ".cargo/config",
                                                       ".cargo/config.toml",
                                                       "rockstage.json",
                                                       "rock_manifest",
                                                       "manifest",
                                                       ".netrc",
                                                       ".docker/config.json",
                                                       ".git-credentials"};
  if (std::ranges::any_of(kNames,
                          [&](std::string_view name) { return ends_with_components(path, name); }))
    return true;
  const auto slash = path.rfind('/');
  const auto name = path.substr(slash == std::string_view::npos ? 0 : slash + 1);
  const auto directory = path.substr(0, slash == std::string_view::npos ? 0 : slash);
  if (name == "credentials" || name == "credentials.toml") return true;
  if (directory == "etc/ld.so.conf.d") return name.ends_with(".conf");
  return directory == "etc" && name.starts_with("ld-musl-") && name.ends_with(".path");
}

bool is_command(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash != std::string_view::npos && ends_with_components(path.substr(0, slash), "bin");
}

PackageDatabase package_database(std::string_view path) {
  if (path == "var/lib/dpkg/status") return PackageDatabase::dpkg;
  if (path.starts_with("var/lib/dpkg/status.d/") && !path.ends_with(".md5sums"))
    return PackageDatabase::dpkg;
  if (path == "lib/apk/db/installed" || path == "usr/lib/apk/db/installed")
    return PackageDatabase::apk;
  return PackageDatabase::none;
}

void PackageNames::feed(std::string_view piece) {
  while (!piece.empty()) {
    const auto newline = piece.find('\n');
    const auto part = piece.substr(0, newline);
    if (partial_.size() < kMostLine) partial_ += part.substr(0, kMostLine - partial_.size());
    if (newline == std::string_view::npos) return;
    line(partial_);
    partial_.clear();
    piece.remove_prefix(newline + 1);
  }
}

std::string PackageNames::finish() {
  line(partial_);
  end_of_record();
  return std::move(names_);
}

void PackageNames::line(std::string_view text) {
  if (text::trim(text).empty()) {
    end_of_record();
  } else if (kind_ == PackageDatabase::apk) {
    if (text.starts_with("P:")) name_ = text::trim(text.substr(2));
  } else if (text.starts_with("Package:")) {
    name_ = text::trim(text.substr(8));
  } else if (text.starts_with("Status:")) {
    installed_ = text.ends_with(" installed");
  }
}

void PackageNames::end_of_record() {
  if (installed_ && !name_.empty() && names_.size() + name_.size() < kMostPackageNames)
    names_ += name_ + "\n";
  name_.clear();
  installed_ = true;
}

}  // namespace rockstage::verify
