#include "verify/target.hpp"

#include "base/text.hpp"
#include "elf/elf_file.hpp"
#include "runtime/profiles.hpp"
#include "verify/ld_cache.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace rockstage::verify {
namespace {

constexpr std::size_t kMostHostObjects = 256;
constexpr std::string_view kVersionPrefix = "GLIBC_2.";

/// GLIBC_2.36 of libc.so.6 → "2.36"; empty when it defines no such version.
std::string glibc_version(const elf::ElfFacts& libc) {
  int highest = -1;
  for (const auto& name : libc.version_definitions) {
    if (!name.starts_with(kVersionPrefix)) continue;
    int minor = 0;
    const auto digits = std::string_view(name).substr(kVersionPrefix.size());
    // GLIBC_2.2.5 counts as 2.2.
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), minor);
    if (result.ec == std::errc()) highest = std::max(highest, minor);
  }
  return highest < 0 ? std::string() : "2." + std::to_string(highest);
}

/// musl's name of a machine, as in ld-musl-NAME.so.1.
std::string musl_machine(const std::string& platform) {
  const auto machine = runtime::machine(platform);
  if (machine == "i686") return "i386";
  if (machine == "arm") return "armhf";
  return machine;
}

std::string directory_of(std::string_view path) {
  return std::string(path.substr(0, path.find_last_of('/')));
}

bool holds_lua(const ElfRecord& record) {
  return elf::exports_symbol(record.facts, "lua_pcall")
         || elf::exports_symbol(record.facts, "lua_pcallk");
}

/// Where the interpreter may be: its path, or a name that PATH finds.
std::vector<std::string> program_places(const std::string& interpreter) {
  if (interpreter.empty()) return {};
  if (interpreter.starts_with('/')) return {interpreter};
  return {"usr/local/bin/" + interpreter, "usr/bin/" + interpreter, "bin/" + interpreter};
}

std::vector<std::string> lua_programs(const runtime::Profile& profile) {
  auto places = program_places(profile.interpreter);
  if (lua::is_luajit(profile.lua)) {
    for (const auto* place :
         {"usr/local/openresty/luajit/bin/luajit", "usr/local/bin/luajit", "usr/bin/luajit"})
      places.emplace_back(place);
    return places;
  }
  const auto version = lua::to_string(profile.lua);
  for (const auto* directory : {"usr/local/bin/", "usr/bin/"}) {
    places.push_back(directory + ("lua" + version));
    places.push_back(directory + std::string("lua"));
  }
  return places;
}

std::vector<std::string> lua_libraries(const runtime::Profile& profile) {
  const auto version = lua::to_string(profile.lua);
  if (lua::is_luajit(profile.lua)) return {"libluajit-5.1.so.2"};
  return {"liblua" + version + ".so.0", "liblua-" + version + ".so", "liblua.so." + version};
}

/// What the loaders of the distributions put in for `$LIB`; empty where that is not known.
std::string library_directory(const runtime::Profile& profile, const std::string& platform) {
  const auto& id = profile.distro_id;
  if (id == "debian" || id == "ubuntu") {
    const auto triplet = runtime::triplet(platform);
    return triplet.empty() ? std::string() : "lib/" + triplet;
  }
  const bool wide = platform == "linux/amd64" || platform.starts_with("linux/arm64");
  for (const char* rpm : {"rhel", "centos", "rocky", "almalinux", "amzn", "fedora", "ubi"})
    if (id == rpm && wide) return "lib64";
  return {};
}

/// The directories of ld.so.conf, its includes of etc/ld.so.conf.d with it.
std::vector<std::string> configured(const RootFiles& files) {
  std::vector<std::string> directories;
  auto pending = text::split(files.text("etc/ld.so.conf"), '\n');
  for (const auto& name : files.names("etc/ld.so.conf.d"))
    for (auto& line : text::split(files.text("etc/ld.so.conf.d/" + name), '\n'))
      pending.push_back(std::move(line));
  for (const auto& line : pending) {
    const auto directory = text::trim(std::string_view(line).substr(0, line.find('#')));
    if (directory.starts_with('/')) directories.emplace_back(directory);
  }
  return directories;
}

/// Once, and no more than kMostHostObjects.
void add(std::vector<RootFiles::Object>& objects, const RootFiles::Object& object) {
  if (object.record == nullptr || objects.size() >= kMostHostObjects) return;
  if (std::ranges::find(objects, object.record, &RootFiles::Object::record) == objects.end())
    objects.push_back(object);
}

/// The interpreter, nginx with its module, and where there is no interpreter the profile's library.
std::vector<RootFiles::Object> host_programs(const RootFiles& files,
                                             const runtime::Profile& profile,
                                             const std::string& platform) {
  std::vector<RootFiles::Object> objects;
  for (const auto& place : lua_programs(profile)) {
    add(objects, files.object(place));
    if (!objects.empty()) break;
  }
  for (const auto* place : {"usr/local/openresty/nginx/sbin/nginx",
                            "usr/sbin/nginx",
                            "usr/lib/nginx/modules/ngx_http_lua_module.so"})
    add(objects, files.object(place));
  if (!profile.lua_library.empty() && objects.empty())
    add(objects,
        files.object(
            text::replace_all(profile.lua_library, "{triplet}", runtime::triplet(platform))));
  return objects;
}

}  // namespace

Target::Target(runtime::Profile profile,
               std::string platform,
               std::optional<Root> root,
               Basis basis)
    : profile_(std::move(profile)),
      platform_(std::move(platform)),
      root_(root),
      libc_(profile_.libc),
      basis_(root ? basis : Basis::profile),
      libc_basis_(libc_.verified ? Basis::profile : Basis::assumed),
      lua_basis_(Basis::profile),
      library_directory_(library_directory(profile_, platform_)) {
  if (!root_) return;
  const RootFiles files(*root_);
  read_libc(files, basis_);
  read_loader(files);
  read_host(files);
}

std::string Target::machine() const {
  return runtime::machine(platform_);
}

const lua::KnownExports* Target::lua_exports() const {
  return lua_exports_ ? &*lua_exports_ : nullptr;
}

void Target::set_tree(Root tree, std::string prefix) {
  tree_ = tree;
  tree_prefix_ = std::move(prefix);
}

bool Target::host_loads(std::string_view soname) const {
  return host_libraries_.contains(soname);
}

bool Target::host_exports(std::string_view symbol) const {
  return std::ranges::any_of(
      host_, [&](const ElfRecord* record) { return record->symbols.contains(symbol); });
}

void Target::read_libc(const RootFiles& files, Basis basis) {
  std::string loader;
  for (const auto& place : lua_programs(profile_)) {
    const auto program = files.object(place);
    if (program.record != nullptr) loader = program.record->facts.interpreter;
    if (!loader.empty()) break;
  }
  const auto triplet = runtime::triplet(platform_);
  const bool musl_is_there = files.exists("lib/ld-musl-" + musl_machine(platform_) + ".so.1");
  for (const auto& directory : {"lib/" + triplet,
                                "usr/lib/" + triplet,
                                std::string("lib64"),
                                std::string("usr/lib64"),
                                std::string("lib"),
                                std::string("usr/lib")}) {
    if (loader.find("ld-musl") != std::string::npos) break;
    const auto libc = files.object(directory + "/libc.so.6");
    if (libc.record == nullptr) continue;
    const auto version = glibc_version(libc.record->facts);
    if (version.empty()) continue;
    libc_ = {"glibc", version, true};
    library_directory_ = directory.starts_with("usr/") ? directory.substr(4) : directory;
    libc_basis_ = basis;
    return;
  }
  if (!musl_is_there && loader.find("ld-musl") == std::string::npos) return;
  // No file of musl says its version in a form that the loader reads.
  libc_ = {"musl", libc_.family == "musl" ? libc_.version : std::string(), true};
  libc_basis_ = basis;
}

void Target::read_loader(const RootFiles& files) {
  if (libc_.family == "musl") {
    auto paths = files.text("etc/ld-musl-" + musl_machine(platform_) + ".path");
    if (paths.empty()) paths = "/lib:/usr/local/lib:/usr/lib";
    for (const auto& line : text::split(paths, '\n'))
      for (auto& directory : text::split(line, ':'))
        if (!directory.empty()) default_directories_.push_back(std::move(directory));
    return;
  }
  const auto triplet = runtime::triplet(platform_);
  if (!triplet.empty()) default_directories_ = {"lib/" + triplet, "usr/lib/" + triplet};
  for (const auto* directory : {"lib64", "usr/lib64", "lib", "usr/lib"})
    default_directories_.emplace_back(directory);
  configured_directories_ = configured(files);
  cache_ = read_ld_cache(files.text("etc/ld.so.cache"));
}

void Target::read_host(const RootFiles& files) {
  auto objects = host_programs(files, profile_, platform_);
  if (objects.empty()) {
    // No program: a library that one may be linked with is all there is.
    for (const auto& name : lua_libraries(profile_))
      for (const auto& directory : default_directories_)
        add(objects, files.object(directory + "/" + name));
  } else {
    for (std::size_t i = 0; i < objects.size(); ++i)
      for (const auto& library : read_host_object(objects[i]))
        add(objects, library);
  }
  for (const auto& object : objects)
    host_.push_back(object.record);
  const auto vm =
      std::ranges::find_if(host_, [](const auto* record) { return holds_lua(*record); });
  if (vm == host_.end()) return;
  lua_exports_.emplace();
  for (const auto& name : (*vm)->facts.exports)
    if (name.starts_with("lua")) lua_exports_->names.insert(name);
  lua_basis_ = basis_;
}

/// Notes a program or library of the host, and returns the libraries it needs.
std::vector<RootFiles::Object> Target::read_host_object(const RootFiles::Object& object) {
  const auto& facts = object.record->facts;
  const Requester requester{&facts, directory_of("/" + object.path)};
  if (facts.soname.empty())
    programs_.push_back(requester);
  else
    host_libraries_.insert({facts.soname,
                            {.path = object.path,
                             .record = object.record,
                             .basis = basis_,
                             .directory = requester.directory}});
  std::vector<RootFiles::Object> libraries;
  for (const auto& needed : facts.needed) {
    const auto found = find_library(needed, requester);
    if (!found || !found->usable()) continue;
    host_libraries_.insert({needed, *found});
    libraries.push_back({found->path, found->record});
  }
  return libraries;
}

std::string Target::environment(std::string_view name) const {
  if (!root_ || !root_->platform->config) return {};
  for (const auto& variable : root_->platform->config->env)
    if (variable.starts_with(name) && variable.size() > name.size() && variable[name.size()] == '=')
      return variable.substr(name.size() + 1);
  return {};
}

std::vector<std::string> Target::templates(bool native) const {
  const std::string name = native ? "LUA_CPATH" : "LUA_PATH";
  auto value =
      lua::version_directory(profile_.lua) == "5.1"
          ? std::string()
          : environment(name + "_" + text::replace_all(lua::to_string(profile_.lua), ".", "_"));
  if (value.empty()) value = environment(name);
  std::vector<std::string> all;
  const auto add = [&](std::string text) {
    if (!text.empty() && std::ranges::find(all, text) == all.end()) all.push_back(std::move(text));
  };
  const auto triplet = runtime::triplet(platform_);
  for (const auto& [program, paths] : profile_.search) {
    const auto& own = native ? paths.cpath : paths.path;
    const bool from_environment = program == "luajit" && !value.empty();
    for (const auto& part : from_environment ? text::split(value, ';') : std::vector<std::string>())
      add(part);
    // Only `;;` keeps the program's own list.
    if (from_environment && value.find(";;") == std::string::npos) continue;
    for (const auto& part : own)
      add(text::replace_all(part, "{triplet}", triplet));
  }
  return all;
}

std::vector<std::string> Target::lua_paths() const {
  return templates(false);
}

std::vector<std::string> Target::native_paths() const {
  return templates(true);
}

}  // namespace rockstage::verify
