#include "subject_bench.hpp"

#include <catch2/catch.hpp>

namespace rockstage::verify {
namespace {

using test::found;
using test::image;
using test::judge;
using test::paths;
using Paths = std::vector<std::string>;

// Put together here, so that scanners of this repository find no key.
const std::string kKey =
    "-----BEGIN " + std::string("RSA PRIVATE KEY-----\n") + std::string(128, 'A') + "\n";

TEST_CASE("credential: files of cargo, git, netrc and docker, and keys by their content",
          "[verify]") {
  CHECK(paths(image({{{"root/.cargo/config.toml", "[registry]\ntoken = \"cio123\"\n"},
                      {"root/.cargo/credentials.toml", "[registry]\ntoken = \"cio123\"\n"},
                      {"root/.docker/config.json", R"({"auths":{"r.example":{"auth":"dTpw"}}})"},
                      {"root/.git-credentials", "https://u:p@git.example\n"},
                      {"root/.netrc", "machine git.example login u password p\n"},
                      {"srv/app/tls", kKey}}}),
              "credential")
        == Paths{"root/.cargo/config.toml",
                 "root/.cargo/credentials.toml",
                 "root/.docker/config.json",
                 "root/.git-credentials",
                 "root/.netrc",
                 "srv/app/tls"});
}

TEST_CASE(
    "credential: not a configuration without a token, a certificate, a test's key, a text about "
    "keys",
    "[verify]") {
  CHECK(
      paths(image({{{"root/.cargo/config.toml",
                     "[net]\n# token = \"x\"\ngit-fetch-with-cli = true\n"},
                    {"root/.docker/config.json",
                     R"({"auths":{"r.example":{"auth":""}},"credsStore":"x"})"},
                    {"root/.netrc", "machine git.example login u\n"},
                    {"etc/ssl/cert.pem", "-----BEGIN CERTIFICATE-----\n" + std::string(128, 'A')},
                    {"usr/lib/python3/test/keycert.pem", kKey},
                    {"usr/share/x.txt",
                     "it begins with -----BEGIN RSA PRIVATE KEY-----\n" + std::string(128, 'A')}}}),
            "credential")
          .empty());
}

TEST_CASE("credential: a deleted file still ships", "[verify]") {
  auto bench = image({{{"root/.netrc", "machine x password p\n"}}, {{"root/.wh..netrc", ""}}});
  const auto findings = found(judge(bench), "credential");
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].message
        == "'root/.netrc' holds a password; layer 1 deletes it, and it still ships");
}

TEST_CASE("credential: values in the environment and the history, never repeated in the finding",
          "[verify]") {
  auto bench = image({{{"a", "a"}}});
  bench.config.env = {"DB_PASSWORD=hunter2"};
  bench.config.history = {"RUN |1 NPM_TOKEN=hunter2 /bin/sh -c npm ci # buildkit",
                          "ARG API_KEY=hunter2"};
  const auto findings = found(judge(bench), "credential");
  REQUIRE(findings.size() == 3);
  for (const auto& finding : findings)
    CHECK(finding.message.find("hunter2") == std::string::npos);
}

TEST_CASE(
    "credential: not the name of a file, a reference, an empty value, or an ordinary variable",
    "[verify]") {
  auto bench = image({{{"a", "a"}}});
  bench.config.env = {"TOKEN_FILE=x", "DB_PASSWORD=/run/secrets/db", "GPG_KEYS=0123", "SECRET="};
  bench.config.history = {"ARG NPM_TOKEN",
                          "RUN --mount=type=secret,id=token TOKEN=$(cat /run/secrets/token) make"};
  CHECK(paths(bench, "credential").empty());
}

}  // namespace
}  // namespace rockstage::verify
