#pragma once
#include "archive/writer.hpp"
#include "support/support.hpp"
#include "sys/files.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace rockstage::archive {

class MemorySink final : public ByteSink {
 public:
  Result<void> write(std::span<const std::byte> piece) override {
    bytes.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    return {};
  }

  std::string bytes;
};

struct InMemory {
  Written result;
  std::string bytes;
};

inline InMemory written(const WriteRequest& request) {
  MemorySink sink;
  const auto result = write_archive(request, sink);
  REQUIRE(result);
  return {*result, sink.bytes};
}

/// A directory, a program, a link and a module.
class SmallTree {
 public:
  SmallTree() {
    test::put(path("bin/run"), "run!\n", 0755);
    test::put(path("m.lua"), "return\n", 0600);
  }

  [[nodiscard]] std::string path(const std::string& name) const {
    return sys::join(directory_.path(), name);
  }

  [[nodiscard]] WriteRequest request(Form form) const {
    using Kind = OutputMember::Kind;
    WriteRequest out;
    out.form = form;
    out.members = {{Kind::directory, "bin", {}, {}, 0},
                   {Kind::executable, "bin/run", path("bin/run"), {}, 5},
                   {Kind::link, "l", {}, "bin/run", 0},
                   {Kind::file, "m.lua", path("m.lua"), {}, 7}};
    return out;
  }

 private:
  sys::TempDir directory_ = test::temp_dir();
};

}  // namespace rockstage::archive
