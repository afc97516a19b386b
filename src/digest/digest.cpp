#include "digest/digest.hpp"

#include "base/text.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

namespace rockstage::digest {
namespace {

const EVP_MD* function_of(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::md5:
      return EVP_md5();
    case Algorithm::sha256:
      return EVP_sha256();
    case Algorithm::sha512:
      return EVP_sha512();
  }
  return EVP_sha256();
}

}  // namespace

struct Hasher::Context {
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> evp{EVP_MD_CTX_new(), EVP_MD_CTX_free};
};

Hasher::Hasher(Algorithm algorithm) : context_(std::make_unique<Context>()) {
  EVP_DigestInit_ex(context_->evp.get(), function_of(algorithm), nullptr);
}

Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;
Hasher::~Hasher() = default;

void Hasher::update(std::string_view bytes) {
  EVP_DigestUpdate(context_->evp.get(), bytes.data(), bytes.size());
}

std::string Hasher::hex() {
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_DigestFinal_ex(context_->evp.get(), bytes, &size);
  return fmt::format("{:02x}", fmt::join(bytes, bytes + size, ""));
}

std::string hex(Algorithm algorithm, std::string_view bytes) {
  Hasher hasher(algorithm);
  hasher.update(bytes);
  return hasher.hex();
}

Result<std::string> hex_of_file(Algorithm algorithm, const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"),
                                                             std::fclose);
  const auto failure = [&path] {
    const int number = errno;
    auto reason = std::generic_category().message(number);
    reason[0] = text::to_lower(reason.substr(0, 1))[0];
    return fail(number == ENOENT || number == ENOTDIR ? Errc::not_found : Errc::io,
                fmt::format("cannot read '{}': {}", path, reason));
  };
  if (!file) return failure();
  Hasher hasher(algorithm);
  std::string block(std::size_t{1} << 18, '\0');
  while (const auto count = std::fread(block.data(), 1, block.size(), file.get()))
    hasher.update(std::string_view(block).substr(0, count));
  if (std::ferror(file.get()) != 0) return failure();
  return hasher.hex();
}

}  // namespace rockstage::digest
