#include "base/rules.hpp"
#include "report/verify.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace rockstage::report {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

Finding finding(const char* rule, Severity severity, std::string path, std::string message) {
  Finding out;
  out.rule = rule;
  out.severity = severity;
  out.path = std::move(path);
  out.message = std::move(message);
  out.fix = "rebuild it";
  out.evidence = {{"library", std::string("libfoo.so.1")},
                  {"bytes", std::int64_t{7}},
                  {"weak", false},
                  {"symbols", std::vector<std::string>{"a", "b"}}};
  return out;
}

/// A platform with an error, a waived error and a note; one rule is off and one not judged.
verify::PlatformReport platform(const std::string& name, const std::string& runtime) {
  verify::PlatformReport out;
  out.platform = name;
  out.runtime = runtime;
  out.files = 3;
  out.links = 1;
  out.bytes = 4096;
  out.elf = 1;
  out.rules = {{rules::c_toolchain, verify::RuleState::off, "--rule"},
               {rules::elf_needed, verify::RuleState::checked, ""},
               {rules::elf_machine, verify::RuleState::checked, ""},
               {rules::lua_abi, verify::RuleState::not_judged, "no scan for this machine"}};
  out.findings = {
      finding(rules::elf_needed, Severity::error, "lib/lua/5.1/a b.so", "needs <x> & y"),
      finding(rules::credential, Severity::error, "etc/token", "holds a key"),
      finding(rules::rust_provenance, Severity::note, "", "came from rustc 1.95.0")};
  out.findings[1].waived = Waiver{"test key", "2027-03-31"};
  out.findings[1].layer = FindingLayer{2, "sha256:ab", "COPY . /"};
  return out;
}

verify::Report report() {
  verify::Report out;
  out.subject = "./tree";
  out.kind = "directory";
  out.policy_file = "policy.yaml";
  out.policy_sha256 = "ab";
  out.platforms = {platform("linux/amd64", "debian-luajit")};
  out.errors = 1;
  out.notes = 1;
  out.waived = 1;
  return out;
}

TEST_CASE("verify text: the worst first, the fix beside it, one summary line", "[report]") {
  const auto text = verify_text(report());
  CHECK_THAT(text, StartsWith("linux/amd64, debian-luajit: 3 files, 1 link, 1 ELF object\n"));
  CHECK_THAT(
      text,
      Contains("error: elf-needed: lib/lua/5.1/a b.so\n  needs <x> & y\n  fix: rebuild it\n"));
  CHECK_THAT(text, Contains("credential: etc/token (layer 2: COPY . /)"));
  CHECK_THAT(text, Contains("  waived: test key (until 2027-03-31)\n"));
  CHECK_THAT(text,
             Catch::Matchers::EndsWith("1 error, 0 warnings, 1 note; 1 waived (policy.yaml); off: "
                                       "c-toolchain (--rule)\n"));
}

TEST_CASE("verify text: several runtimes are a table of where it loads and why not", "[report]") {
  auto all = report();
  all.platforms.push_back(platform("linux/amd64", "openresty-alpine"));
  all.platforms[1].findings.erase(all.platforms[1].findings.begin());
  const auto text = verify_text(all);
  CHECK_THAT(text, Contains("linux/amd64, debian-luajit     1 error   lib/lua/5.1/a b.so: needs"));
  CHECK_THAT(text, Contains("linux/amd64, openresty-alpine  ok\n"));
  CHECK_THAT(text, StartsWith("with every runtime:") && Contains("came from rustc 1.95.0"));
}

TEST_CASE("verify text: control bytes of a path do not reach the terminal", "[report]") {
  auto hostile = report();
  hostile.platforms[0].findings[0].path = "a\x1b[2Jb.so";
  CHECK_THAT(verify_text(hostile), !Contains("\x1b"));
}

TEST_CASE("verify text: a subject that was not read to its end says so", "[report]") {
  auto cut = report();
  cut.incomplete = Error{Errc::invalid_input, "the archive is truncated", {}, {}};
  CHECK_THAT(verify_text(cut), Contains("not read to its end: the archive is truncated"));
}

TEST_CASE("verify json: every key is there, null for nothing", "[report]") {
  const auto data = verify_data(report());
  CHECK(data.at("digest").is_null());
  CHECK(data.at("policy").at("sha256") == "ab");
  const auto& one = data.at("platforms").at(0);
  CHECK(one.at("manifest_digest").is_null());
  CHECK(one.at("rules").at(0).at("status") == "off");
  CHECK(one.at("rules").at(1).at("reason").is_null());
  const auto& first = one.at("findings").at(0);
  CHECK(first.at("layer").is_null());
  CHECK(first.at("waived").is_null());
  CHECK(first.at("evidence").at("symbols") == std::vector<std::string>{"a", "b"});
  CHECK(first.at("evidence").at("weak") == false);
  CHECK(one.at("findings").at(1).at("waived").at("expires") == "2027-03-31");
  CHECK(one.at("findings").at(1).at("layer").at("index") == 2);
  CHECK(one.at("findings").at(2).at("path").is_null());
  CHECK(first.at("fingerprint").get<std::string>().size() == 64);
  verify::Report without = report();
  without.policy_file.clear();
  CHECK(verify_data(without).at("policy").is_null());
}

TEST_CASE("verify junit: a case for each rule, failures from the threshold up", "[report]") {
  const auto xml = verify_junit(report(), Severity::error);
  CHECK_THAT(xml,
             Contains("<testsuite name=\"linux/amd64 debian-luajit\" tests=\"6\" failures=\"1\" "
                      "errors=\"0\" skipped=\"2\""));
  CHECK_THAT(xml, Contains("<failure message=\"needs &lt;x&gt; &amp; y\" type=\"error\">"));
  CHECK_THAT(xml, Contains("<skipped message=\"off: --rule\"/>"));
  CHECK_THAT(xml, Contains("<skipped message=\"not judged: no scan for this machine\"/>"));
  CHECK_THAT(verify_junit(report(), Severity::note), Contains("failures=\"2\""));
  CHECK_THAT(verify_junit(report(), std::nullopt), Contains("failures=\"0\""));
}

TEST_CASE("verify junit: bytes that XML cannot hold become visible", "[report]") {
  auto hostile = report();
  hostile.platforms[0].findings[0].message =
      "a\x01\x1b"
      "b\xff\xef\xbf\xbe]]>";
  const auto xml = verify_junit(hostile, Severity::error);
  CHECK(xml.find_first_of("\x01\x1b\xff") == std::string::npos);
  CHECK_THAT(xml, Contains("\\x01\\x1b") || Contains("\\x01\\x1B"));
  CHECK_THAT(xml, !Contains("\xef\xbf\xbe"));  // U+FFFE is no character of XML 1.0
}

TEST_CASE("verify sarif: a run for each platform with an id of its own", "[report]") {
  auto all = report();
  all.platforms.push_back(platform("linux/arm64", "debian-luajit"));
  const auto log = nlohmann::json::parse(verify_sarif(all, "verify"));
  REQUIRE(log.at("runs").size() == 2);
  CHECK(log.at("runs").at(0).at("automationDetails").at("id")
        == "rockstage-verify/linux/amd64/debian-luajit/");
  CHECK(log.at("runs").at(1).at("automationDetails").at("id")
        == "rockstage-verify/linux/arm64/debian-luajit/");
}

TEST_CASE("verify sarif: results point at their rule and at a relative, encoded place",
          "[report]") {
  const auto run = nlohmann::json::parse(verify_sarif(report(), "verify")).at("runs").at(0);
  const auto& rules = run.at("tool").at("driver").at("rules");
  const auto uri = [](const nlohmann::json& result) {
    return result.at("locations").at(0).at("physicalLocation").at("artifactLocation").at("uri");
  };
  for (const auto& result : run.at("results"))
    CHECK(rules.at(result.at("ruleIndex").get<std::size_t>()).at("id") == result.at("ruleId"));
  CHECK(uri(run.at("results").at(0)) == "lib/lua/5.1/a%20b.so");
  CHECK(uri(run.at("results").at(2)) == "tree");  // about the whole: the subject
  CHECK(run.at("results").at(0).at("suppressions").empty());
  CHECK(run.at("results").at(1).at("suppressions").at(0).at("justification") == "test key");
  CHECK(run.at("results").at(0).at("partialFingerprints").size() == 1);
}

TEST_CASE("verify sarif: rules of security carry their severity for GitHub", "[report]") {
  const auto run = nlohmann::json::parse(verify_sarif(report(), "verify")).at("runs").at(0);
  for (const auto& rule : run.at("tool").at("driver").at("rules")) {
    CHECK_THAT(rule.at("helpUri").get<std::string>(), StartsWith("https://"));
    CHECK(rule.at("properties").contains("security-severity") == (rule.at("id") == "credential"));
  }
}

TEST_CASE("verify sarif: an unread subject is an unsuccessful run", "[report]") {
  verify::Report cut;
  cut.subject = "x.tar";
  cut.incomplete = Error{Errc::invalid_input, "the archive is truncated", {}, {}};
  const auto run = nlohmann::json::parse(verify_sarif(cut, "verify")).at("runs").at(0);
  CHECK(run.at("invocations").at(0).at("executionSuccessful") == false);
}

TEST_CASE("verify github: annotations without what is waived, separators escaped", "[report]") {
  auto one = report();
  one.platforms[0].findings[0].path = "a,b:c%.so";
  const auto text = verify_github(one);
  CHECK_THAT(text,
             StartsWith("::error file=a%2Cb%3Ac%25.so,title=elf-needed::needs <x> & y%0Afix: "
                        "rebuild it\n"));
  CHECK_THAT(text, !Contains("etc/token"));
  CHECK_THAT(text, Contains("::notice title=rust-provenance::"));
}

}  // namespace
}  // namespace rockstage::report
