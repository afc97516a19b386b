#include "facts.hpp"

namespace rockstage::plan {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

const std::string kInstall = R"({ type = 'none', install = {
  lua = { 'src/b.lua', ['x.y'] = 'src/other.lua' },
  lib = { 'out/libz.so', ['p.q.r'] = 'out/libr.so' },
  conf = { ['etc/kit'] = 'kit.conf' },
  bin = { 'bin/tool', ['renamed'] = 'bin/old' } } })";

TEST_CASE("install: names follow LuaRocks, entry by entry", "[plan]") {
  Facts facts(kInstall);
  facts.inputs.licence_files.clear();
  CHECK(copies(facts.variant())
        == Pairs{{"{work}/src/b.lua", "lua/b.lua"},
                 {"{work}/src/other.lua", "lua/x/y.lua"},
                 {"{work}/out/libz.so", "lib/libz.so"},
                 {"{work}/out/libr.so", "lib/p/q/libr.so"},
                 {"{work}/kit.conf", "conf/etc/kit"},
                 {"{work}/bin/tool", "bin/tool"},
                 {"{work}/bin/old", "bin/renamed"}});
}

TEST_CASE("install: libraries and commands are 0755, the rest 0644, and each knows its field",
          "[plan]") {
  Facts facts(kInstall);
  const auto variant = facts.variant();
  const std::vector<std::pair<unsigned, std::string>> expected = {
      {0644, "build.install.lua[1]"},
      {0644, "build.install.lua[\"x.y\"]"},
      {0755, "build.install.lib[1]"},
      {0755, "build.install.lib[\"p.q.r\"]"},
      {0644, "build.install.conf[\"etc/kit\"]"},
      {0755, "build.install.bin[1]"},
      {0755, "build.install.bin[\"renamed\"]"}};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(variant.copies.at(i).mode == expected[i].first);
    CHECK(variant.copies.at(i).field == expected[i].second);
  }
}

TEST_CASE("install: only a library under a key may have to be staged under it", "[plan]") {
  Facts facts(kInstall);
  Texts rekeyed;
  for (const auto& step : facts.variant().copies)
    if (step.rekey) rekeyed.push_back(step.field);
  CHECK(rekeyed == Texts{"build.install.lib[\"p.q.r\"]"});
}

TEST_CASE("documents: licences always, others with --doc", "[plan]") {
  Facts facts("{ type = 'none' }");
  CHECK(copies(facts.variant()) == Pairs{{"{work}/LICENSE", "doc/LICENSE"}});
  facts.options.documents = true;
  CHECK(copies(facts.variant())
        == Pairs{{"{work}/LICENSE", "doc/LICENSE"}, {"{work}/README.md", "doc/README.md"}});
}

TEST_CASE("documents: a folder doc is the default of copy_directories, with --doc", "[plan]") {
  Facts facts("{ type = 'none' }");
  facts.inputs.files.insert(facts.inputs.files.begin() + 2, "doc/index.md");
  std::ranges::sort(facts.inputs.files);
  CHECK(copies(facts.variant()) == Pairs{{"{work}/LICENSE", "doc/LICENSE"}});
  facts.options.documents = true;
  const auto variant = facts.variant();
  CHECK(copies(variant) == Pairs{{"{work}/doc", "doc"}, {"{work}/LICENSE", "doc/LICENSE"}});
  CHECK(variant.copies[0].is_directory);
}

TEST_CASE("documents: directories that the rockspec names are copied without --doc", "[plan]") {
  Facts facts("{ type = 'none', copy_directories = { 'share', 'docs/api' } }");
  const auto variant = facts.variant();
  CHECK(copies(variant)
        == Pairs{{"{work}/share", "share"},
                 {"{work}/docs/api", "docs/api"},
                 {"{work}/LICENSE", "doc/LICENSE"}});
  CHECK(variant.copies[0].is_directory);
  CHECK_FALSE(variant.copies[0].optional);
  CHECK(variant.copies[0].field == "build.copy_directories");
}

TEST_CASE("documents: a licence that a copied directory brings is not copied twice", "[plan]") {
  Facts facts("{ type = 'none', copy_directories = { 'doc' } }");
  facts.inputs.files = {"LICENSE", "doc/LICENSE"};
  CHECK(copies(facts.variant()) == Pairs{{"{work}/doc", "doc"}});
}

}  // namespace
}  // namespace rockstage::plan
