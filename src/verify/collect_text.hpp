#pragma once
#include <cstddef>
#include <string>
#include <string_view>

// Which files rules read as text, and what is kept of the databases of packages.
namespace rockstage::verify {

inline constexpr std::size_t kMostText = std::size_t{1} << 20;          ///< bytes kept of one file
inline constexpr std::size_t kMostWrapper = std::size_t{64} << 10;      ///< of a command in bin/
inline constexpr std::size_t kMostPackageNames = std::size_t{4} << 20;  ///< of one database

/// True for files whose whole text some rule reads, by their path.
bool keeps_text(std::string_view path);

/// True for a file directly in a directory `bin`.
bool is_command(std::string_view path);

enum class PackageDatabase { none, dpkg, apk };

/// `var/lib/dpkg/status`, `var/lib/dpkg/status.d/x` and `lib/apk/db/installed`.
PackageDatabase package_database(std::string_view path);

/// Reads a database of packages as it streams by and keeps the names of those installed.
class PackageNames {
 public:
  explicit PackageNames(PackageDatabase kind) : kind_(kind) {}

  void feed(std::string_view piece);
  /// One name a line.
  std::string finish();

 private:
  void line(std::string_view text);
  void end_of_record();

  PackageDatabase kind_;
  std::string partial_, name_, names_;
  bool installed_ = true;
};

}  // namespace rockstage::verify
