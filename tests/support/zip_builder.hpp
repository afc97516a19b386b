#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rockstage::test {

/// One member of a zip in words; its bytes are stored, not compressed. What is left empty is as
/// `zip` would write it.
struct ZipEntry {
  std::string name;
  std::string body = {};
  std::uint32_t mode = 0100644;                ///< with the type; 0: as a maker without Unix modes
  std::optional<std::string> packed = {};      ///< what is stored instead of the body
  std::uint16_t method = 0;                    ///< 8: `packed` is deflated
  std::optional<std::uint32_t> size = {};      ///< what both headers say
  std::optional<std::uint32_t> crc = {};       ///< likewise
  std::optional<std::string> own_name = {};    ///< what the member's own header says
  std::optional<std::size_t> same_place = {};  ///< the member whose bytes it shares, by index
  std::uint16_t flags = 0;
};

/// A zip, ordinary or hostile.
class ZipBuilder {
 public:
  ZipBuilder& add(const ZipEntry& entry);
  ZipBuilder& file(const std::string& name, const std::string& body, std::uint32_t mode = 0100644);
  ZipBuilder& directory(const std::string& name);
  ZipBuilder& link(const std::string& name, const std::string& target);

  [[nodiscard]] std::string str() const;

 private:
  std::string members_, directory_;
  std::vector<std::uint32_t> places_;
};

/// CRC-32 as zip has it.
std::uint32_t zip_crc(std::string_view bytes);

}  // namespace rockstage::test
