#include "digest/digest.hpp"

#include "support/support.hpp"
#include "sys/files.hpp"

#include <catch2/catch.hpp>

namespace rockstage::digest {
namespace {

struct Vector {
  Algorithm algorithm;
  std::string bytes;
  const char* hex;
};

/// RFC 1321, appendix A.5, and FIPS 180-2, appendices B and C.
std::vector<Vector> vectors() {
  return {
      {Algorithm::md5, "", "d41d8cd98f00b204e9800998ecf8427e"},
      {Algorithm::md5, "abc", "900150983cd24fb0d6963f7d28e17f72"},
      {Algorithm::md5, "message digest", "f96b697d7cb7938d525a2f31aaf161d0"},
      {Algorithm::sha256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {Algorithm::sha256,
       "abc",
       "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {Algorithm::sha256,
       std::string(1'000'000, 'a'),
       "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
      {Algorithm::sha512,
       "abc",
       "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
       "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
      {Algorithm::sha512,
       "",
       "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
       "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"},
  };
}

TEST_CASE("digest: the published vectors", "[digest]") {
  for (const auto& [algorithm, bytes, expected] : vectors())
    CHECK(hex(algorithm, bytes) == expected);
}

TEST_CASE("digest: a NUL byte is a byte like any other", "[digest]") {
  CHECK(hex(Algorithm::sha256, std::string_view("\0", 1))
        == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
}

TEST_CASE("digest: a file has the digest of its bytes, however many blocks it takes", "[digest]") {
  const auto dir = test::temp_dir();
  for (const auto& [algorithm, bytes, expected] : vectors()) {
    const auto path = dir.path() + "/file";
    test::put(path, bytes);
    CHECK(hex_of_file(algorithm, path).value() == expected);
  }
}

TEST_CASE("digest: a link is followed", "[digest]") {
  const auto dir = test::temp_dir();
  test::put(dir.path() + "/file", "abc");
  REQUIRE(sys::make_link("file", dir.path() + "/link"));
  CHECK(hex_of_file(Algorithm::md5, dir.path() + "/link").value()
        == "900150983cd24fb0d6963f7d28e17f72");
}

TEST_CASE("digest: a file that is not there is not found, a directory is an error of reading",
          "[digest]") {
  const auto dir = test::temp_dir();
  const auto missing = hex_of_file(Algorithm::sha256, dir.path() + "/none");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Errc::not_found);
  CHECK(missing.error().message
        == "cannot read '" + dir.path() + "/none': no such file or directory");
  const auto directory = hex_of_file(Algorithm::sha256, dir.path());
  REQUIRE_FALSE(directory);
  CHECK(directory.error().code == Errc::io);
  CHECK(directory.error().message == "cannot read '" + dir.path() + "': is a directory");
}

TEST_CASE("digest: a file below a file is not found", "[digest]") {
  const auto dir = test::temp_dir();
  test::put(dir.path() + "/file", "");
  const auto result = hex_of_file(Algorithm::md5, dir.path() + "/file/below");
  REQUIRE_FALSE(result);
  CHECK(result.error().code == Errc::not_found);
}

TEST_CASE("digest: bytes that come in pieces have the digest of the whole", "[digest]") {
  for (const auto& vector : vectors()) {
    Hasher hasher(vector.algorithm);
    const std::string_view bytes = vector.bytes;
    for (std::size_t at = 0; at < bytes.size(); at += 777)
      hasher.update(bytes.substr(at, 777));
    CHECK(hasher.hex() == vector.hex);
  }
}

}  // namespace
}  // namespace rockstage::digest
