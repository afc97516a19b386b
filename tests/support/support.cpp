#include "support/support.hpp"

#include "sys/files.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>

namespace rockstage::test {
namespace {

/// The value of a result that a test cannot go on without.
template <class T>
T value(Result<T> result) {
  if (!result) FAIL(result.error().message);
  return *std::move(result);
}

void check(const Result<void>& result) {
  if (!result) FAIL(result.error().message);
}

}  // namespace

sys::TempDir temp_dir() {
  const auto parent = sys::Environment::current().get_nonempty("TMPDIR").value_or("/tmp");
  return value(sys::TempDir::make(parent, "rockstage-test-"));
}

std::string fixture(const std::string& name) {
  return std::string(ROCKSTAGE_TESTS_DIR) + "/fixtures/" + name;
}

void put(const std::string& path, std::string_view content, unsigned mode) {
  check(sys::remove_file(path));
  check(sys::write_file(path, content, mode));
}

std::string get(const std::string& path) {
  return value(sys::read_file(path));
}

void golden(const std::string& name, const std::string& actual) {
  const auto path = std::string(ROCKSTAGE_TESTS_DIR) + "/golden/" + name;
  if (sys::Environment::current().get_nonempty("ROCKSTAGE_ACCEPT")) {
    put(path, actual);
    return;
  }
  INFO("golden file " << path << "; ROCKSTAGE_ACCEPT=1 writes it anew");
  CHECK(actual == (sys::exists(path) ? get(path) : std::string("(there is no such file)")));
}

Result<sys::ProcessResult> FakeProcessRunner::run(const sys::Command& command) {
  const auto index = seen.size();
  seen.push_back(command);
  if (index >= expected.size()) {
    FAIL("unexpected command " << command.argv.at(0));
    return fail(Errc::internal, "unexpected command");
  }
  const auto& [prefix, result] = expected[index];
  for (std::size_t i = 0; i < prefix.size(); ++i)
    CHECK((i < command.argv.size() ? command.argv[i] : std::string("(missing)")) == prefix[i]);
  return result;
}

}  // namespace rockstage::test
