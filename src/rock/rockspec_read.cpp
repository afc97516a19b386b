#include "base/rel_path.hpp"
#include "base/text.hpp"
#include "lua/evaluator.hpp"
#include "lua/lexical.hpp"
#include "rock/rockspec_parts.hpp"
#include "sys/files.hpp"

#include <algorithm>

namespace rockstage::rock {

namespace {

constexpr std::size_t kMd5Digits = 32;
constexpr std::string_view kBackEndPrefix = "luarocks-build-";

/// The text of a field that the schema has checked; empty when it is absent.
std::string text_at(const lua::Table& table, std::string_view key) {
  const lua::Value* value = table.find(key);
  return value == nullptr || value->string() == nullptr ? "" : *value->string();
}

const lua::Table& table_at(const lua::Table& table, std::string_view key) {
  static const lua::Table kEmpty;
  const lua::Value* value = table.find(key);
  return value == nullptr || value->table() == nullptr ? kEmpty : *value->table();
}

std::vector<std::string> strings_at(const lua::Table& table, std::string_view key) {
  std::vector<std::string> out;
  for (const lua::Value& item : table_at(table, key).items)
    if (item.string() != nullptr) out.push_back(*item.string());
  return out;
}

/// `[a-zA-Z0-9][a-zA-Z0-9._-]*`, what LuaRocks takes as a rock's name in dependencies. It becomes a
/// directory.
bool is_rock_name(std::string_view name) {
  const auto allowed = [](char c) { return lua::is_name_char(c) || c == '.' || c == '-'; };
  return !name.empty() && lua::is_name_char(name.front()) && name.front() != '_'
         && std::ranges::all_of(name, allowed);
}

/// LuaRocks' `[%w.]+-[%d]+`.
bool is_rock_version(std::string_view version) {
  const auto hyphen = version.find('-');
  if (hyphen == version.npos || hyphen == 0 || hyphen + 1 == version.size()) return false;
  const auto allowed = [](char c) { return lua::is_letter(c) || lua::is_digit(c) || c == '.'; };
  return std::ranges::all_of(version.substr(0, hyphen), allowed)
         && std::ranges::all_of(version.substr(hyphen + 1), lua::is_digit);
}

class Reader {
 public:
  Reader(const lua::Table& globals, Rockspec& spec, Diagnostics& diagnostics)
      : globals_(globals), spec_(spec), diagnostics_(diagnostics) {}

  Faults run(std::size_t format) {
    names();
    description();
    dependencies("dependencies", spec_.dependencies);
    dependencies("build_dependencies", spec_.build_dependencies);
    dependencies("test_dependencies", spec_.test_dependencies);
    external_dependencies();
    source();
    spec_.supported_platforms = strings_at(globals_, "supported_platforms");
    add(check_platforms(spec_.supported_platforms));
    spec_.post_install = text_at(table_at(globals_, "hooks"), "post_install");
    const lua::Value* wrap = table_at(globals_, "deploy").find("wrap_bin_scripts");
    spec_.wrap_bin_scripts = wrap == nullptr || *wrap->boolean();
    build(format);
    if (faults_.empty()) build_type_fields();
    return std::move(faults_);
  }

 private:
  void add(Faults faults) { std::ranges::move(faults, std::back_inserter(faults_)); }

  void add(const Error& error) { faults_.push_back({error.message, error.hint}); }

  void names() {
    spec_.package = text_at(globals_, "package");
    spec_.name = text::to_lower(spec_.package);
    spec_.version = text_at(globals_, "version");
    if (!is_rock_name(spec_.package))
      faults_.push_back({"package: '" + spec_.package + "' is no rock name",
                         "use letters, digits, '.', '-' and '_'"});
    if (!is_rock_version(spec_.version))
      faults_.push_back({"version: '" + spec_.version + "' is no rock version",
                         "write VERSION-REVISION, such as 1.0-1"});
    const std::string expected = spec_.name + "-" + spec_.version + ".rockspec";
    if (spec_.file_name == "rockspec") spec_.file_name = expected;
    if (spec_.file_name != expected && faults_.empty())
      faults_.push_back(
          {"the file name does not fit package and version", "rename the file to " + expected});
  }

  void description() {
    const lua::Table& table = table_at(globals_, "description");
    auto& out = spec_.description;
    out.summary = text_at(table, "summary");
    out.detailed = text_at(table, "detailed");
    out.homepage = text_at(table, "homepage");
    out.license = text_at(table, "license");
    out.maintainer = text_at(table, "maintainer");
    out.issues_url = text_at(table, "issues_url");
    out.labels = strings_at(table, "labels");
  }

  void dependencies(const std::string& field, std::vector<Dependency>& out) {
    const std::vector<std::string> texts = strings_at(globals_, field);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      auto dependency = parse_dependency(texts[i]);
      if (!dependency) {
        faults_.push_back({field + "[" + std::to_string(i + 1) + "]: " + dependency.error().message,
                           dependency.error().hint});
      } else if (dependency->name.starts_with(kBackEndPrefix)) {
        // Only LuaRocks needs it, and only as a build dependency: among the others it is a mistake.
        if (field == "dependencies")
          diagnostics_.note(field + ": '" + dependency->name
                            + "' is built in and will not be installed");
      } else {
        out.push_back(*std::move(dependency));
      }
    }
  }

  void external_dependencies() {
    for (const auto& [name, value] : table_at(globals_, "external_dependencies").fields)
      spec_.external_dependencies.push_back({name,
                                             text_at(*value.table(), "program"),
                                             text_at(*value.table(), "header"),
                                             text_at(*value.table(), "library")});
    std::ranges::sort(spec_.external_dependencies, {}, &ExternalDependency::name);
  }

  void source() {
    const lua::Table& table = table_at(globals_, "source");
    Source& out = spec_.source;
    out = {text_at(table, "url"),
           text_at(table, "md5"),
           text_at(table, "file"),
           text_at(table, "dir"),
           text_at(table, "tag"),
           text_at(table, "branch"),
           text_at(table, "module")};
    if (table.find("cvs_module") != nullptr) out.module = text_at(table, "cvs_module");
    if (table.find("cvs_tag") != nullptr) out.tag = text_at(table, "cvs_tag");
    if (table.find("md5") != nullptr
        && (out.md5.size() != kMd5Digits || !std::ranges::all_of(out.md5, lua::is_hex)))
      faults_.push_back({"source.md5: '" + out.md5 + "' is no MD5",
                         "write all 32 hexadecimal digits, or leave the field out"});
    if (out.file.find('/') != out.file.npos || out.file == "..")
      faults_.push_back({"source.file: '" + out.file + "' is no file name", ""});
    if (!out.dir.empty()) {
      if (const auto dir = source_path(out.dir, "source.dir", PathKind::directory); !dir)
        add(dir.error());
    }
  }

  void build(std::size_t format) {
    spec_.build = table_at(globals_, "build");
    const bool has_type = spec_.build.find("type") != nullptr;
    spec_.build_type = has_type ? text_at(spec_.build, "type") : "builtin";
    if (!has_type && format < *format_index("3.0"))
      faults_.push_back(
          {"build.type: is missing",
           "adding 'rockspec_format = \"3.0\"' makes it builtin, or write type = \"builtin\""});
    if (std::ranges::find(kBuildTypes, spec_.build_type) == std::end(kBuildTypes)) {
      const std::vector<std::string> known(std::begin(kBuildTypes), std::end(kBuildTypes));
      faults_.push_back({"build.type: unknown build type '" + spec_.build_type + "'"
                             + text::did_you_mean(spec_.build_type, known),
                         "known build types: " + text::join(known, ", ")});
    }
    if (spec_.build_type == "module") {
      diagnostics_.note("build.type: 'module' is an old name of 'builtin'");
      spec_.build_type = "builtin";
    }
    const lua::Table& install = table_at(spec_.build, "install");
    install_table(install, "lua", spec_.install.lua);
    install_table(install, "lib", spec_.install.lib);
    install_table(install, "conf", spec_.install.conf);
    install_table(install, "bin", spec_.install.bin);
    copy_directories();
    spec_.patches = files("patches");
    spec_.extra_files = files("extra_files");
  }

  void install_table(const lua::Table& install,
                     const std::string& kind,
                     std::vector<InstallEntry>& out) {
    const std::string field = "build.install." + kind;
    const lua::Table& table = table_at(install, kind);
    for (std::size_t i = 0; i < table.items.size(); ++i)
      install_entry("", table.items[i], field + "[" + std::to_string(i + 1) + "]", out);
    std::vector<std::pair<std::string, lua::Value>> keyed = table.fields;
    std::ranges::sort(keyed, {}, &std::pair<std::string, lua::Value>::first);
    const bool is_module = kind == "lua" || kind == "lib";
    for (const auto& [key, value] : keyed) {
      const std::string path = field_path(field, key);
      const auto name = is_module ? lua::module_to_path(key) : source_path(key, path);
      if (!name) {
        faults_.push_back({is_module ? path + ": " + name.error().message : name.error().message,
                           name.error().hint});
        continue;
      }
      install_entry(is_module ? key : *name, value, path, out);
    }
  }

  void install_entry(const std::string& key,
                     const lua::Value& value,
                     const std::string& field,
                     std::vector<InstallEntry>& out) {
    if (value.string() == nullptr) {
      faults_.push_back(
          {field + ": expected a string, found a " + std::string(value.type_name()), ""});
      return;
    }
    auto path = source_path(*value.string(), field);
    if (path)
      out.push_back({key, *std::move(path)});
    else
      add(path.error());
  }

  void copy_directories() {
    if (spec_.build.find("copy_directories") == nullptr) return;
    spec_.copy_directories.emplace();
    const auto listed = strings_at(spec_.build, "copy_directories");
    for (std::size_t i = 0; i < listed.size(); ++i) {
      auto path = source_path(
          listed[i], "build.copy_directories[" + std::to_string(i + 1) + "]", PathKind::directory);
      if (path)
        spec_.copy_directories->push_back(*std::move(path));
      else
        add(path.error());
    }
  }

  /// `patches` and `extra_files`: file name → text.
  std::map<std::string, std::string> files(const std::string& key) {
    std::map<std::string, std::string> out;
    const lua::Value* value = spec_.build.find(key);
    if (value == nullptr) return out;
    const std::string field = "build." + key;
    if (value->table() == nullptr || !value->table()->items.empty()) {
      faults_.push_back({field + ": expected a table of texts by file name", ""});
      return out;
    }
    for (const auto& [name, text] : value->table()->fields) {
      const std::string path = field_path(field, name);
      auto file = source_path(name, path);
      if (!file)
        add(file.error());
      else if (text.string() == nullptr)
        faults_.push_back(
            {path + ": expected a string, found a " + std::string(text.type_name()), ""});
      else
        out.emplace(*std::move(file), *text.string());
    }
    return out;
  }

  /// The build type reads its fields when it runs; their faults are said now.
  void build_type_fields() {
    if (spec_.build_type == "builtin") {
      if (const auto modules = builtin_modules(spec_); !modules) add(modules.error());
    } else if (spec_.build_type == "rust-mlua") {
      if (const auto fields = rust_mlua_fields(spec_); !fields) add(fields.error());
    }
    if (faults_.empty()) add(check_targets(spec_));
  }

  const lua::Table& globals_;
  Rockspec& spec_;
  Diagnostics& diagnostics_;
  Faults faults_;
};

/// The first fault as the error; when there are several, all of them in `diagnostics`.
Result<void> report(const Faults& faults, const std::string& file, Diagnostics& diagnostics) {
  if (faults.empty()) return {};
  if (faults.size() > 1)
    for (const Fault& fault : faults)
      diagnostics.add({Level::error, fault.message, fault.hint, {}, file, 0});
  return fail(Errc::invalid_input, file + ": " + faults.front().message, faults.front().hint);
}

std::string format_of(const lua::Table& globals) {
  const std::string format = text_at(globals, "rockspec_format");
  return format.empty() ? "1.0" : format;
}

}  // namespace

Result<Rockspec> read_rockspec(const std::string& text,
                               const std::string& path,
                               Diagnostics& diagnostics) {
  Rockspec spec;
  spec.text = text;
  spec.file_name = sys::base_name(path);
  const std::string file = spec.file_name;
  RS_TRY_ASSIGN(lua::Evaluation evaluation, lua::evaluate_noting_reads(text, file));
  spec.format = format_of(evaluation.globals);
  RS_TRY(report(check_schema(evaluation.globals, evaluation.undefined_reads, spec.format),
                file,
                diagnostics));
  apply_platforms(evaluation.globals, diagnostics);
  RS_TRY_ASSIGN(const std::size_t format, format_index(spec.format));
  RS_TRY(report(Reader(evaluation.globals, spec, diagnostics).run(format), file, diagnostics));
  return spec;
}

Result<std::string> source_path(const std::string& path, const std::string& field, PathKind kind) {
  const auto parsed = RelPath::parse(path);
  if (!parsed || (parsed->empty() && kind == PathKind::file))
    return fail(Errc::invalid_input,
                field + ": '" + path + "' is no path inside the source directory",
                "use a relative path without '..'");
  return parsed->str();
}

std::string field_path(const std::string& field, const std::string& key) {
  const bool plain = !key.empty() && lua::is_name_start(key.front())
                     && std::ranges::all_of(key, lua::is_name_char);
  if (!plain) return field + "[\"" + key + "\"]";
  return field.empty() ? key : field + "." + key;
}

}  // namespace rockstage::rock
