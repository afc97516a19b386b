#include "base/rules.hpp"
#include "base/text.hpp"
#include "elf/elf_file.hpp"
#include "lua/abi.hpp"
#include "runtime/profiles.hpp"
#include "smoke/explain.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace rockstage::smoke {
namespace {

constexpr std::uint64_t kLargestLibrary = std::uint64_t{1} << 30;

/// Which package has a library, where rocks often meet it.
struct Provider {
  std::string_view soname, debian;
};

constexpr std::array kProviders = {
    Provider{"libgcc_s.so.1", "libgcc-s1"},
    Provider{"libstdc++.so.6", "libstdc++6"},
    Provider{"libssl.so.3", "libssl3"},
    Provider{"libcrypto.so.3", "libssl3"},
    Provider{"libssl.so.1.1", "libssl1.1"},
    Provider{"libcrypto.so.1.1", "libssl1.1"},
    Provider{"libz.so.1", "zlib1g"},
    Provider{"libzstd.so.1", "libzstd1"},
    Provider{"liblzma.so.5", "liblzma5"},
    Provider{"libbz2.so.1.0", "libbz2-1.0"},
    Provider{"libpcre.so.3", "libpcre3"},
    Provider{"libpcre2-8.so.0", "libpcre2-8-0"},
    Provider{"libsqlite3.so.0", "libsqlite3-0"},
    Provider{"libpq.so.5", "libpq5"},
    Provider{"libcurl.so.4", "libcurl4"},
    Provider{"libyaml-0.so.2", "libyaml-0-2"},
    Provider{"libxml2.so.2", "libxml2"},
    Provider{"libxslt.so.1", "libxslt1.1"},
    Provider{"libexpat.so.1", "libexpat1"},
    Provider{"libffi.so.8", "libffi8"},
    Provider{"libbrotlidec.so.1", "libbrotli1"},
    Provider{"libuv.so.1", "libuv1"},
    Provider{"libev.so.4", "libev4"},
    Provider{"libmaxminddb.so.0", "libmaxminddb0"},
    Provider{"libgomp.so.1", "libgomp1"},
    Provider{"libuuid.so.1", "libuuid1"},
};

/// A file in the place of a library.
Verdict no_library(const std::string& file, std::string_view bytes) {
  Verdict verdict{rules::smoke_load, {}, "fetch it with `git lfs pull` and build again"};
  if (bytes.starts_with("version https://git-lfs.github.com/")) {
    verdict.message = fmt::format("{} is a Git LFS pointer, not a library", file);
    return verdict;
  }
  verdict.fix = "build or copy it again";
  if (bytes.empty())
    verdict.message = fmt::format("{} is an empty file", file);
  else if (text::to_lower(text::trim(bytes.substr(0, 64))).starts_with("<"))
    verdict.message = fmt::format("{} is a web page, not a library", file);
  else
    verdict.message = fmt::format("{} is no library: it does not begin as an ELF object", file);
  return verdict;
}

struct Object {
  elf::ElfFacts facts;
  lua::CodeFacts code;
};

Result<Object> read_object(const std::string& bytes) {
  lua::CodeScanner scanner;
  elf::StreamReader reader(bytes.size(), &scanner);
  reader.feed({reinterpret_cast<const std::byte*>(bytes.data()), bytes.size()});
  RS_TRY_ASSIGN(auto facts, reader.finish());
  return Object{std::move(facts), scanner.finish()};
}

std::string here() {
  return runtime::machine(runtime::host_platform());
}

std::string shown(lua::Lua lua) {
  if (lua::is_luajit(lua)) return "LuaJIT (5.1)";
  return "Lua " + lua::to_string(lua);
}

std::optional<Verdict> judge_lua(const Object& object,
                                 const std::string& file,
                                 const Scene& scene) {
  const auto verdict = lua::judge(object.facts, object.code, scene.where.lua);
  using Kind = lua::Verdict::Kind;
  if (verdict.kind == Kind::fits || verdict.kind == Kind::undecidable || verdict.built_for.empty())
    return std::nullopt;
  return Verdict{rules::smoke_load,
                 fmt::format("{} was built for {}; the runtime is {}",
                             file,
                             verdict.built_for,
                             shown(scene.where.lua)),
                 fmt::format("build it with `--lua {}`", lua::to_string(scene.where.lua))};
}

/// Which Luas have a function of their C API.
std::string luas_with(const std::string& symbol) {
  std::vector<std::string> names;
  for (const auto lua : lua::kAllLuas)
    if (lua::exports_symbol(lua, symbol)) names.push_back(lua::to_string(lua));
  return names.size() == lua::kAllLuas.size() ? std::string() : text::join(names, ", ");
}

Verdict wrong_open_function(const std::string& symbol,
                            const std::string& file,
                            const Scene& scene) {
  const auto bytes = sys::read_file(sys::join(scene.where.tree, file), kLargestLibrary);
  std::vector<std::string> exported;
  bool ffi = false;
  if (bytes) {
    if (const auto facts = elf::read_elf(*bytes)) {
      exported = elf::luaopen_names(*facts);
      ffi = lua::module_kind(*facts) == lua::ModuleKind::ffi_library;
    }
  }
  if (ffi)
    return {rules::smoke_load,
            fmt::format("{} is an FFI library and cannot be required itself", file),
            "require the Lua module that loads it with ffi.load"};
  if (exported.empty())
    return {rules::smoke_load,
            fmt::format("{} has no function {}", file, symbol),
            fmt::format("export {}, or put the file where its name fits", symbol)};
  return {rules::smoke_load,
          fmt::format("{} exports {}, but as module {} it needs {}",
                      file,
                      text::join(exported, ", "),
                      scene.module.name,
                      symbol),
          "name the function after the module, or the file after the function"};
}

}  // namespace

std::string_view debian_package(std::string_view soname) {
  const auto* known = std::ranges::find(kProviders, soname, &Provider::soname);
  return known == kProviders.end() ? std::string_view() : known->debian;
}

std::optional<Verdict> judge_object(const std::string& file, const Scene& scene) {
  if (scene.where.tree.empty()) return std::nullopt;
  const auto bytes = sys::read_file(sys::join(scene.where.tree, file), kLargestLibrary);
  if (!bytes) return std::nullopt;
  if (!elf::looks_like_elf(*bytes)) return no_library(file, *bytes);
  const auto object = read_object(*bytes);
  if (!object) return std::nullopt;
  if (const auto machine = elf::machine_name(object->facts); machine != here())
    return Verdict{rules::smoke_load,
                   fmt::format("{} is for {}, the runtime is {}", file, machine, here()),
                   "build it with `--target` of the runtime's machine"};
  if (object->facts.file_end > object->facts.size)
    return Verdict{rules::smoke_load,
                   fmt::format("{} is cut off: it should have {} bytes and has {}",
                               file,
                               object->facts.file_end,
                               object->facts.size),
                   "build or copy it again"};
  return judge_lua(*object, file, scene);
}

Verdict explain_symbol(const std::string& symbol, const std::string& file, const Scene& scene) {
  if (symbol.starts_with("luaopen_")) return wrong_open_function(symbol, file, scene);
  if (symbol.starts_with("ngx_"))
    return {rules::smoke_skipped,
            fmt::format("{} needs {}, which only nginx has", file, symbol),
            "load it in a worker: rockstage smoke --nginx"};
  if (symbol.starts_with("lua_") || symbol.starts_with("luaL_") || symbol.starts_with("luaJIT_")) {
    if (auto verdict = judge_object(file, scene)) return *std::move(verdict);
    const auto luas = luas_with(symbol);
    if (!luas.empty())
      return {rules::smoke_load,
              fmt::format("{} needs {}, which is in {} and not in {}",
                          file,
                          symbol,
                          luas,
                          shown(scene.where.lua)),
              fmt::format("build it with `--lua {}`", lua::to_string(scene.where.lua))};
  }
  if (scene.module.kind == Module::Kind::lua && file.starts_with('/'))
    return {rules::smoke_load,
            fmt::format(
                "{} uses the C function {}, which {} does not have", scene.subject, symbol, file),
            "declare with ffi.cdef what the library exports, and load the library that has it"};
  return {
      rules::smoke_load,
      fmt::format("{} needs the function {}, which neither it nor a library that it names has",
                  file,
                  symbol),
      "link the library that defines it, and look at `rockstage verify` (elf-undefined-symbol)"};
}

}  // namespace rockstage::smoke
