#pragma once
#include "base/result.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace rockstage::digest {

enum class Algorithm { md5, sha256, sha512 };

/// The digest of bytes that come in pieces.
class Hasher {
 public:
  explicit Hasher(Algorithm algorithm);
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;
  ~Hasher();

  void update(std::string_view bytes);
  /// Lower-case hexadecimal. Ends it: nothing may follow.
  std::string hex();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

/// Lower-case hexadecimal.
std::string hex(Algorithm algorithm, std::string_view bytes);

/// The same of a file's bytes, read in blocks; links are followed. Errc::not_found, Errc::io.
Result<std::string> hex_of_file(Algorithm algorithm, const std::string& path);

}  // namespace rockstage::digest
