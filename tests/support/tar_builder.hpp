#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rockstage::test {

/// One tar member in words. What is left empty is as an ordinary program would write it.
struct TarMember {
  std::string name;
  char type = '0';  ///< typeflag: '0' file, '1' hard link, '2' symbolic link, '5' directory …
  std::string body = {};
  std::string link = {};
  std::uint32_t mode = 0644;
  std::uint64_t uid = 0, gid = 0;
  std::optional<std::uint64_t> size = {};  ///< what the header says; default: that of the body
  std::string magic = std::string("ustar\00000", 8);
  std::string prefix = {};
  /// Bytes at offsets of the header, written before the checksum.
  std::vector<std::pair<std::size_t, std::string>> raw = {};
  bool wrong_checksum = false;
};

/// A tar, ordinary or hostile, put together piece by piece.
class TarBuilder {
 public:
  TarBuilder& add(const TarMember& member);
  TarBuilder& file(const std::string& name, const std::string& body, std::uint32_t mode = 0644);
  TarBuilder& directory(const std::string& name, std::uint32_t mode = 0755);
  TarBuilder& symlink(const std::string& name, const std::string& target);
  TarBuilder& hard_link(const std::string& name, const std::string& target);

  /// An extended header for the member that comes next ('x'), or for all ('g').
  TarBuilder& pax(const std::vector<std::pair<std::string, std::string>>& records, char type = 'x');
  /// GNU tar's long name ('L') or long link target ('K') for the member that comes next.
  TarBuilder& gnu_long(const std::string& text, char type = 'L');
  TarBuilder& zeros(std::size_t blocks);
  TarBuilder& bytes(std::string_view raw);

  /// What was added so far, without an end marker.
  [[nodiscard]] const std::string& open() const { return bytes_; }

  /// The same with two zero blocks at the end.
  [[nodiscard]] std::string str() const;

 private:
  std::string bytes_;
};

/// `LENGTH KEY=VALUE\n`, the length right.
std::string pax_record(const std::string& key, const std::string& value);

/// `bytes` as one gzip member whose blocks are stored, not compressed.
std::string gzip_stored(std::string_view bytes);
/// `bytes` as one zstd frame of raw blocks, without a checksum.
std::string zstd_stored(std::string_view bytes);
/// A zstd frame of some bytes that expands to `size` zeros.
std::string zstd_zeros(std::uint64_t size);
/// A zstd skippable frame.
std::string zstd_skippable(std::string_view content);

}  // namespace rockstage::test
