#include "verify/detect.hpp"

#include "support/support.hpp"
#include "tree/directory.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace rockstage;
using namespace rockstage::verify;

namespace {

Wanted of_image() {
  Wanted wanted;
  wanted.image = true;
  return wanted;
}

std::string detected(const std::map<std::string, std::string>& files) {
  const auto dir = test::temp_dir();
  for (const auto& [path, content] : files)
    test::put(dir.path() + "/" + path, content);
  Collector collector(of_image());
  auto subject = tree::open_directory(dir.path())->read(collector, {}).value();
  const auto& platform = subject.platforms.at(0);
  const auto profile = detect_profile({&subject, &platform, &collector});
  return profile ? profile->name : "none";
}

const std::string kDebian12 = "ID=debian\nVERSION_ID=\"12\"\n";

}  // namespace

TEST_CASE("detect: gateways are told by their directories and the distribution", "[detect]") {
  const std::string luajit = "usr/local/openresty/luajit/bin/luajit";
  CHECK(detected({{luajit, ""}, {"usr/local/apisix/x", ""}, {"etc/os-release", kDebian12}})
        == "apisix-debian");
  CHECK(detected({{luajit, ""}, {"usr/local/kong/x", ""}, {"etc/os-release", kDebian12}})
        == "kong-debian");
  CHECK(detected({{luajit, ""}, {"usr/lib/os-release", "ID=alpine\nVERSION_ID=3.23.4\n"}})
        == "openresty-alpine");
  CHECK(detected({{luajit, ""}, {"etc/os-release", "ID=ubuntu\nVERSION_ID=\"22.04\"\n"}})
        == "openresty-jammy");
}

TEST_CASE("detect: a plain Lua is Debian's on Debian 12, else generic", "[detect]") {
  CHECK(detected({{"usr/bin/lua5.4", ""}, {"etc/os-release", kDebian12}}) == "debian-lua5.4");
  CHECK(detected({{"usr/bin/lua5.4", ""}}) == "generic-5.4");
  CHECK(detected({{"usr/local/bin/luajit", ""}}) == "generic-luajit");
  CHECK(detected({{"usr/bin/python3", ""}, {"etc/os-release", kDebian12}}) == "none");
}
