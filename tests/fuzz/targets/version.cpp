#include "rock/version.hpp"

#include "fuzz.hpp"

using rockstage::fuzz::promise;

// The first line is a dependency, the second and third are versions.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace rock = rockstage::rock;
  auto rest = rockstage::fuzz::text(data, size);
  const auto dependency = rock::parse_dependency(rockstage::fuzz::next_line(rest));
  const auto a = rock::parse_version(rockstage::fuzz::next_line(rest));
  const auto b = rock::parse_version(rockstage::fuzz::next_line(rest));
  promise(rock::compare(a, b) == -rock::compare(b, a), "the order has two sides");
  promise(rock::compare(a, a) == 0 && rock::equal(a, a), "a version is itself");
  promise(!rock::equal(a, b) || rock::compare(a, b) == 0, "equal versions are in no order");
  static_cast<void>(rock::is_development(a.text));
  if (!dependency) return 0;
  static_cast<void>(rock::matches(a, dependency->constraints));
  const auto again = rock::parse_dependency(dependency->text);
  promise(again && again->name == dependency->name, "a dependency as it is printed can be read");
  promise(again->constraints.size() == dependency->constraints.size(), "with all its constraints");
  return 0;
}
