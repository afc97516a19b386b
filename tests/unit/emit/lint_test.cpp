#include "emit/dockerfile.hpp"

#include <catch2/catch.hpp>

namespace rockstage::emit {

namespace {

/// "RULE:line RULE:line"
std::string rules_of(const std::string& dockerfile) {
  std::string rules;
  for (const LintMessage& message : lint(dockerfile)) {
    CHECK_FALSE(message.message.empty());
    rules += (rules.empty() ? "" : " ") + message.rule + ":" + std::to_string(message.line);
  }
  return rules;
}

struct Sample {
  const char* text;
  const char* rules;
};

}  // namespace

TEST_CASE("lint: a Dockerfile of the usual shape is clean", "[emit]") {
  CHECK(rules_of(R"(# syntax=docker/dockerfile:1
# Written for people.
#
ARG BASE=debian:12

# builder has the compiler in it
FROM --platform=$BUILDPLATFORM rust:1-bookworm AS builder
WORKDIR /src
COPY ["a b", "c", "/src/"]
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    apt-get update \
    # a comment
  && cargo build --locked || { echo 'cd failed'; exit 1; }
RUN <<EOF
set -eu
cp a /rock/
EOF

FROM scratch AS rock
COPY --from=builder /rock/ /
FROM ${BASE} AS runtime
LABEL org.x="y"
COPY --from=rock --chown=0:0 /share/ /usr/local/share/
USER 636
)") == "");
}

TEST_CASE("lint: each rule finds its case, at its line", "[emit]") {
  const Sample sample = GENERATE(values<Sample>({
      {"FROM a:1\nWORKDIR x", "DL3000:2"},
      {"FROM a:1\nUSER 0\nRUN x", "DL3002:2"},
      {"FROM a:1\nUSER root", "DL3066:2 DL3002:2"},
      {"FROM a:1\nRUN x && cd /y", "DL3003:2"},
      {"FROM a:1\nRUN sudo x", "DL3004:2"},
      {"FROM a\nFROM b/c@sha256:0 AS d\nFROM d", "DL3006:1"},
      {"FROM localhost:5000/a", "DL3006:1"},
      {"FROM a:latest", "DL3007:1"},
      {"FROM a:1\nADD x /y", "DL3020:2"},
      {"FROM a:1\nCOPY a b /c", "DL3021:2"},
      {"FROM a:1\nCOPY --from=nope a /c", "DL3022:2"},
      {"FROM a:1 AS b\nCOPY --from=b a /c", "DL3023:2"},
      {"FROM a:1 AS b\nFROM a:1 AS b", "DuplicateStageName:2"},
      {"FROM a:1\nCMD x", "JSONArgsRecommended:2"},
      {"FROM a:1\nCMD [\"x\"]\nCMD [\"y\"]", "MultipleInstructionsDisallowed:3"},
      {"FROM a:1\nRUN apt update", "DL3027:2"},
      {"FROM --platform=linux/amd64 a:1", "FromPlatformFlagConstDisallowed:1"},
      {"FROM --platform=$TARGETPLATFORM a:1", "RedundantTargetPlatform:1"},
      {"FROM a:1\nCOPY a b", "DL3045:2"},
      {"FROM a:1\nRUN x\nRUN y", "DL3059:3"},
      {"RUN x", "DL3061:1"},
      {"FROM a:1 AS b\nFROM a:1\nCOPY --from=b / /", "DL3067:3"},
      {"FROM a:1\nMAINTAINER x", "DL4000:2"},
      {"FROM a:1\nRUN curl x && wget y", "DL4001:2"},
      {"FROM a:1\nRUN x | y", "DL4006:2"},
      {"FROM a:1 AS Builder", "StageNameCasing:1"},
      {"FROM a:1 as b", "FromAsCasing:1"},
      {"FROM a:1 AS scratch", "ReservedStageName:1"},
      {"FROM a:1\nRUN x \\\n\n  && y", "NoEmptyContinuation:2"},
      {"FROM a:1\nrun x", "ConsistentInstructionCasing:2"},
      {"FROM ${BASE}", "UndefinedArgInFrom:1"},
      {"ARG BASE\nFROM ${BASE}", "InvalidDefaultArgInFrom:2"},
      {"FROM a:1\nENV A b", "LegacyKeyValueFormat:2"},
      {"FROM a:1\nARG API_TOKEN", "SecretsUsedInArgOrEnv:2"},
      {"FROM a:1\nENV TOKEN_PUBLIC=1 PASSWORD=x", "SecretsUsedInArgOrEnv:2"},
      {"# the base\n\nARG BASE=a:1\nFROM ${BASE}", "InvalidDefinitionDescription:3"},
  }));
  INFO(sample.text);
  CHECK(rules_of(sample.text) == sample.rules);
}

TEST_CASE("lint: text that is no Dockerfile is no trouble", "[emit]") {
  CHECK(rules_of("") == "");
  CHECK(rules_of("FROM a:1\nRUN <<EOF\nno end") == "");
  CHECK(rules_of("FROM a:1\nRUN x \\") == "");
  CHECK(rules_of("FROM $\nENV\nARG\nUSER\nLABEL\nWORKDIR\nCOPY\nCOPY --from= \\\n\\") != "");
}

}  // namespace rockstage::emit
