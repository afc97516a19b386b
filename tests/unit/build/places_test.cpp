#include "build/places.hpp"

#include <catch2/catch.hpp>

using namespace rockstage;

TEST_CASE("places: placeholders are filled in once, and shell variables are left alone",
          "[build]") {
  const build::Places places = {"/w", "/{work}", "/o"};
  CHECK(build::fill(places, "cp {work}/a {rock}/b; ld -o {objects}/x={work}")
        == "cp /w/a /{work}/b; ld -o /o/x=/w");
  CHECK(build::fill(places, "for work in 1; do echo ${work} {work; done")
        == "for work in 1; do echo ${work} {work; done");
}

TEST_CASE("places: a directory is not below one whose name it begins with", "[build]") {
  CHECK(build::is_below("/a/b", "/a"));
  CHECK(build::is_below("/a", "/a"));
  CHECK(build::is_below("/a", "/"));
  CHECK_FALSE(build::is_below("/ab", "/a"));
}
