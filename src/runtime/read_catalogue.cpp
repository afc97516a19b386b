#include "base/text.hpp"
#include "config/yaml_document.hpp"
#include "runtime/catalogue.hpp"
#include "runtime/record_reader.hpp"

#include <algorithm>
#include <set>

namespace rockstage::runtime {
namespace {

using config::YamlNode;

const std::string& name_of(const std::pair<std::string, SearchPaths>& set) {
  return set.first;
}

template <class T>
const std::string& name_of(const T& record) {
  return record.name;
}

class CatalogueReader {
 public:
  CatalogueReader(RecordReader& reader, const Catalogue& known) : reader_(reader), known_(known) {}

  Catalogue read(const YamlNode& root) {
    reader_.keys(root,
                 {"schema",
                  "sources",
                  "path_sets",
                  "destinations",
                  "config_snippets",
                  "library_sets",
                  "module_sets",
                  "builders",
                  "profiles"});
    if (reader_.text(root, "schema") != "rockstage.runtimes/1")
      reader_.refuse(root.line, "'schema' must be rockstage.runtimes/1");
    each(root, "path_sets", own_.path_sets, &CatalogueReader::path_set);
    each(root, "destinations", own_.destinations, &CatalogueReader::destination);
    each(root, "library_sets", own_.library_sets, &CatalogueReader::library_set);
    each(root, "module_sets", own_.module_sets, &CatalogueReader::module_set);
    each(root, "builders", own_.builders, &CatalogueReader::builder);
    profiles(root);
    return std::move(own_);
  }

 private:
  template <class T>
  void each(const YamlNode& root,
            const char* key,
            std::vector<T>& list,
            T (CatalogueReader::*read_one)(const std::string&, const YamlNode&)) {
    const auto* records = reader_.map(root, key);
    if (records == nullptr) return;
    for (const auto& [name, node] : records->fields)
      if (reader_.is_map(node, name)) list.push_back((this->*read_one)(name, node));
  }

  std::pair<std::string, SearchPaths> path_set(const std::string& name, const YamlNode& node) {
    reader_.keys(node, {"verified", "source", "path", "cpath"});
    return {
        name,
        {reader_.list(node, "path"), reader_.list(node, "cpath"), reader_.flag(node, "verified")}};
  }

  Destination destination(const std::string& name, const YamlNode& node) {
    reader_.keys(node, {"lua", "so", "flat", "chown", "needs", "verified"});
    return {name,
            reader_.text(node, "lua"),
            reader_.text(node, "so"),
            reader_.flag(node, "flat"),
            reader_.text(node, "chown"),
            reader_.text(node, "needs"),
            reader_.flag(node, "verified")};
  }

  LibrarySet library_set(const std::string& name, const YamlNode& node) {
    reader_.keys(node, {"verified", "source", "sonames", "packages"});
    return {name, reader_.list(node, "sonames"), reader_.flag(node, "verified")};
  }

  ModuleSet module_set(const std::string& name, const YamlNode& node) {
    reader_.keys(node, {"verified", "source", "modules"});
    return {name, reader_.list(node, "modules")};
  }

  Builder builder(const std::string& name, const YamlNode& node) {
    reader_.keys(node, {"image", "libc", "rustflags", "verified"});
    return {name, reader_.text(node, "image"), libc(node)};
  }

  Libc libc(const YamlNode& node) {
    const auto* group = reader_.map(node, "libc");
    if (group == nullptr) return {};
    reader_.keys(*group, {"family", "version", "verified", "source"});
    Libc libc{reader_.text(*group, "family"),
              reader_.text(*group, "version"),
              reader_.flag(*group, "verified")};
    if (!libc.family.empty() && libc.family != "glibc" && libc.family != "musl")
      reader_.refuse(group->line, "'family' must be glibc or musl");
    if (libc.version.find_first_not_of("0123456789.") != std::string::npos)
      reader_.refuse(group->line, "'version' of a libc must be digits and dots, such as 2.36");
    return libc;
  }

  User user(const YamlNode& node, const char* key) {
    const auto* group = reader_.map(node, key);
    if (group == nullptr) return {};
    reader_.keys(*group, {"name", "uid", "gid", "verified", "source"});
    return {reader_.text(*group, "name"),
            reader_.number(*group, "uid"),
            reader_.number(*group, "gid"),
            reader_.flag(*group, "verified")};
  }

  void profiles(const YamlNode& root) {
    const auto* list = root.find("profiles");
    if (list == nullptr) return;
    if (list->kind != YamlNode::Kind::list)
      return reader_.refuse(list->line, "'profiles' must be a list");
    std::set<std::string> names;
    for (const auto& node : list->items) {
      if (!reader_.is_map(node, "profiles")) return;
      auto made = profile(node);
      if (!names.insert(made.name).second)
        reader_.refuse(node.line, "the profile '" + made.name + "' stands twice");
      own_.profiles.push_back(std::move(made));
    }
    std::ranges::sort(own_.profiles, {}, &Profile::name);
  }

  Profile profile(const YamlNode& node) {
    reader_.keys(node, {"name",         "title",
                        "images",       "base",
                        "source",       "distro",
                        "libc",         "platforms",
                        "lua",          "lua_library",
                        "search",       "destinations",
                        "user",         "worker_user",
                        "copy_chown",   "tools",
                        "lua_path_env", "rocks_tree",
                        "process",      "libraries",
                        "modules",      "config_snippet",
                        "builder",      "notes",
                        "variants",     "default_destination"});
    Profile profile;
    profile.name = reader_.text(node, "name");
    if (profile.name.empty()) reader_.refuse(node.line, "a profile has no 'name'");
    profile.title = reader_.text(node, "title");
    profile.base = reader_.text(node, "base");
    profile.libc = libc(node);
    profile.user = user(node, "user");
    profile.worker_user = user(node, "worker_user");
    profile.config_snippet = reader_.text(node, "config_snippet");
    profile.notes = reader_.list(node, "notes");
    image(node, profile);
    lua(node, profile);
    process(node, profile);
    tools(node, profile);
    places(node, profile);
    libraries(node, profile);
    modules(node, profile);
    if (const auto name = reader_.text(node, "builder"); !name.empty())
      if (const auto* found = find(node, "builder", name, &Catalogue::builders)) {
        profile.builder_image = found->image;
        profile.builder_libc = found->libc;
      }
    return profile;
  }

  void image(const YamlNode& node, Profile& profile) {
    if (const auto* group = reader_.map(node, "images")) {
      reader_.keys(*group, {"refs", "verified"});
      profile.images = reader_.list(*group, "refs");
    }
    if (const auto* group = reader_.map(node, "distro")) {
      reader_.keys(*group, {"id", "version", "codename", "verified"});
      profile.distro_id = reader_.text(*group, "id");
      profile.distro_version = reader_.text(*group, "version");
    }
    if (const auto* group = reader_.map(node, "platforms")) {
      reader_.keys(*group, {"list", "verified", "source"});
      profile.platforms = reader_.list(*group, "list");
    }
    if (const auto* group = reader_.map(node, "rocks_tree")) {
      reader_.keys(*group, {"path", "verified"});
      profile.rocks_tree = reader_.text(*group, "path");
    }
  }

  void lua(const YamlNode& node, Profile& profile) {
    const auto* group = reader_.map(node, "lua");
    if (group == nullptr) return reader_.refuse(node.line, "a profile has no 'lua'");
    reader_.keys(*group,
                 {"runtime", "version_dir", "interpreter", "interpreter_in_path", "verified"});
    const auto runtime = reader_.text(*group, "runtime");
    if (const auto lua = lua::parse_lua(runtime))
      profile.lua = *lua;
    else
      reader_.refuse(group->line, lua.error().message);
    profile.version_directory = reader_.text(*group, "version_dir");
    if (profile.version_directory.empty())
      profile.version_directory = lua::version_directory(profile.lua);
    profile.interpreter = reader_.text(*group, "interpreter");
    if (const auto* library = reader_.map(node, "lua_library")) {
      reader_.keys(*library, {"path", "verified"});
      profile.lua_library = reader_.text(*library, "path");
    }
    if (const auto* environment = reader_.map(node, "lua_path_env")) {
      reader_.keys(*environment, {"set", "verified"});
      profile.lua_path_env = reader_.flag(*environment, "set");
    }
  }

  void process(const YamlNode& node, Profile& profile) {
    const auto* group = reader_.map(node, "process");
    if (group == nullptr) return;
    reader_.keys(*group, {"entrypoint", "cmd", "stop_signal", "healthcheck", "verified"});
    profile.entrypoint = reader_.list(*group, "entrypoint");
    profile.cmd = reader_.list(*group, "cmd");
    profile.stop_signal = reader_.text(*group, "stop_signal");
  }

  void tools(const YamlNode& node, Profile& profile) {
    const auto* group = reader_.map(node, "tools");
    if (group == nullptr) return;
    for (const auto& [name, tool] : group->fields) {
      if (!reader_.is_map(tool, name)) return;
      reader_.keys(tool, {"present", "verified", "note"});
      profile.tools.push_back(
          {name, reader_.flag(tool, "present"), reader_.flag(tool, "verified")});
    }
  }

  void places(const YamlNode& node, Profile& profile) {
    if (const auto* group = reader_.map(node, "search")) {
      reader_.keys(*group, {"luajit", "nginx", "resty", "cli"});
      for (const auto& [program, set] : group->fields) {
        if (set.kind == YamlNode::Kind::null) continue;
        const auto name = reader_.text(*group, program.c_str());
        if (const auto* found = find(set, "path set", name, &Catalogue::path_sets))
          profile.search.emplace_back(program, found->second);
      }
    }
    for (const auto& name : reader_.list(node, "destinations"))
      if (const auto* found = find(node, "destination", name, &Catalogue::destinations))
        profile.destinations.push_back(*found);
    const auto first = reader_.text(node, "default_destination");
    if (first.empty()) return;
    const auto chosen = std::ranges::find(profile.destinations, first, &Destination::name);
    if (chosen == profile.destinations.end())
      return reader_.refuse(node.line, "'default_destination' is none of 'destinations'");
    std::rotate(profile.destinations.begin(), chosen, chosen + 1);
  }

  void libraries(const YamlNode& node, Profile& profile) {
    for (const auto& name : reader_.list(node, "libraries")) {
      if (name.find(".so") != std::string::npos) {
        profile.libraries.push_back(name);
        continue;
      }
      const auto* set = find(node, "library set", name, &Catalogue::library_sets);
      if (set == nullptr) return;
      auto& list = set->verified ? profile.libraries : profile.assumed_libraries;
      list.insert(list.end(), set->sonames.begin(), set->sonames.end());
    }
  }

  void modules(const YamlNode& node, Profile& profile) {
    auto names = reader_.list(node, "modules");
    names.insert(names.begin(), "lua-" + lua::to_string(profile.lua));
    for (const auto& name : names)
      if (const auto* set = find(node, "module set", name, &Catalogue::module_sets))
        profile.builtin_modules.insert(
            profile.builtin_modules.end(), set->modules.begin(), set->modules.end());
  }

  /// What has that name in this file, else among the known ones.
  template <class T>
  const T* find(const YamlNode& node,
                const std::string& what,
                const std::string& name,
                std::vector<T> Catalogue::*list) {
    std::vector<std::string> names;
    for (const auto* catalogue : {static_cast<const Catalogue*>(&own_), &known_})
      for (const auto& record : catalogue->*list) {
        if (name_of(record) == name) return &record;
        names.push_back(name_of(record));
      }
    reader_.refuse(node.line,
                   "unknown " + what + " '" + name + "'" + text::did_you_mean(name, names));
    return nullptr;
  }

  RecordReader& reader_;
  const Catalogue& known_;
  Catalogue own_;
};

}  // namespace

Result<Catalogue> read_catalogue(const std::string& file, const Catalogue& known) {
  RS_TRY_ASSIGN(const auto root, config::read_yaml_document(file));
  RecordReader reader(file);
  Catalogue catalogue;
  if (reader.is_map(root, "the file")) catalogue = CatalogueReader(reader, known).read(root);
  if (const auto& problem = reader.problem()) return tl::unexpected<Error>(*problem);
  return catalogue;
}

}  // namespace rockstage::runtime
