#include "cargo/compile.hpp"

#include <catch2/catch.hpp>

namespace rockstage::cargo {
namespace {

std::string artifact(const std::string& id,
                     const std::string& kind,
                     const std::string& files,
                     bool fresh = false) {
  return R"({"reason":"compiler-artifact","package_id":")" + id + R"(","target":{"kind":[")" + kind
         + R"("],"crate_types":[")" + kind + R"("],"name":"x_y"},"features":["a"],"filenames":)"
         + files + R"(,"fresh":)" + (fresh ? "true" : "false") + "}";
}

TEST_CASE(
    "messages: a cdylib's file is the .so that cargo names, fresh or not, in both forms of ids",
    "[cargo][messages]") {
  MessageReader reader;
  CHECK(reader.line(artifact(
      "path+file:///m#m-mod@0.1.0", "cdylib", R"(["/t/libx_y.rlib","/t/libx_y.so"])", true)));
  CHECK(reader.line(artifact("path+file:///bs#0.3.0", "cdylib", R"(["/t/libbs.so"])")));
  CHECK(reader.line(artifact("path+file:///pm#0.1.0", "proc-macro", R"(["/t/libpm.so"])")));
  REQUIRE(reader.cdylibs().size() == 2);
  CHECK(reader.cdylibs()[0].package_id == "path+file:///m#m-mod@0.1.0");
  CHECK(reader.cdylibs()[0].file == "/t/libx_y.so");
  CHECK(reader.cdylibs()[0].target_name == "x_y");
  CHECK(reader.cdylibs()[0].fresh);
  CHECK_FALSE(reader.cdylibs()[1].fresh);
  CHECK(reader.crates_done() == 3);
}

TEST_CASE("messages: success is what build-finished says", "[cargo][messages]") {
  MessageReader reader;
  CHECK_FALSE(reader.succeeded());
  CHECK(reader.line(R"({"reason":"build-finished","success":true})"));
  CHECK(reader.succeeded());
  CHECK(reader.line(R"({"reason":"build-finished","success":false})"));
  CHECK_FALSE(reader.succeeded());
}

TEST_CASE("messages: unknown reasons and keys are skipped, other lines are not cargo's",
          "[cargo][messages]") {
  MessageReader reader;
  CHECK(reader.line(R"({"reason":"timing-info","x":{"y":[1,2]}})"));
  CHECK(reader.line(R"({"reason":"compiler-artifact","target":7})"));
  CHECK(reader.line(R"({"reason":"compiler-artifact"})"));
  for (const char* line : {"",
                           "hello",
                           "{",
                           R"({"reason":"compiler-artifact","package_id":)",
                           "[1]",
                           "{\"a\":1}",
                           "{\"reason\":7}"}) {
    INFO(line);
    CHECK_FALSE(reader.line(line));
  }
  CHECK_FALSE(reader.line("{\"a\":" + std::string(100'000, '[')));
  CHECK(reader.cdylibs().empty());
}

TEST_CASE("messages: a crate is for the build only when nothing else of it was compiled",
          "[cargo][messages]") {
  MessageReader reader;
  reader.line(artifact("b", "custom-build", R"(["/t/build-script-build"])"));
  reader.line(artifact("b", "lib", R"(["/t/libb.rlib"])"));
  reader.line(artifact("a", "proc-macro", R"(["/t/liba.so"])"));
  reader.line(artifact("a", "custom-build", R"(["/t/x"])"));
  const auto crates = reader.crates();
  REQUIRE(crates.size() == 2);
  CHECK(crates[0].package_id == "a");
  CHECK(crates[0].build_only);
  CHECK(crates[0].features == std::vector<std::string>{"a"});
  CHECK_FALSE(crates[1].build_only);
  CHECK(reader.crates_done() == 2);
}

TEST_CASE("messages: libraries of build scripts that are needed at run time are kept",
          "[cargo][messages]") {
  MessageReader reader;
  reader.line(R"({"reason":"build-script-executed","package_id":"z","linked_libs":
                 ["z","static=zstd","dylib=ssl","dylib:+as-needed=crypto","static:-bundle=y","framework=F","z"]})");
  CHECK(reader.linked_libraries() == std::vector<std::string>{"crypto", "ssl", "z"});
}

}  // namespace
}  // namespace rockstage::cargo
