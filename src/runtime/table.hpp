#pragma once
#include "runtime/catalogue.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The form in which a Catalogue is compiled in: one row a record, its fields as texts that end in
// NUL, in the order of fields(). The generator writes with RowWriter, the program reads with
// RowReader.
namespace rockstage::runtime {

template <class Archive>
void fields(Archive& archive, SearchPaths& paths) {
  archive(paths.path, paths.cpath, paths.verified);
}

template <class Archive>
void fields(Archive& archive, Libc& libc) {
  archive(libc.family, libc.version, libc.verified);
}

template <class Archive>
void fields(Archive& archive, User& user) {
  archive(user.name, user.uid, user.gid, user.verified);
}

template <class Archive>
void fields(Archive& archive, Destination& place) {
  archive(place.name, place.lua, place.so, place.flat, place.chown, place.needs, place.verified);
}

template <class Archive>
void fields(Archive& archive, Tool& tool) {
  archive(tool.name, tool.present, tool.verified);
}

template <class Archive>
void fields(Archive& archive, LibrarySet& set) {
  archive(set.name, set.sonames, set.verified);
}

template <class Archive>
void fields(Archive& archive, ModuleSet& set) {
  archive(set.name, set.modules);
}

template <class Archive>
void fields(Archive& archive, Builder& builder) {
  archive(builder.name, builder.image, builder.libc);
}

template <class Archive, class T>
void fields(Archive& archive, std::pair<std::string, T>& named) {
  archive(named.first, named.second);
}

template <class Archive>
void fields(Archive& archive, Profile& profile) {
  archive(profile.name, profile.title, profile.base, profile.images);
  archive(profile.distro_id, profile.distro_version, profile.libc, profile.platforms);
  archive(profile.lua, profile.version_directory, profile.interpreter, profile.lua_library);
  archive(profile.search, profile.destinations, profile.user, profile.worker_user, profile.tools);
  archive(profile.libraries, profile.assumed_libraries, profile.builtin_modules);
  archive(profile.lua_path_env, profile.rocks_tree, profile.entrypoint, profile.cmd);
  archive(profile.stop_signal, profile.config_snippet, profile.builder_image);
  archive(profile.builder_libc, profile.notes);
}

/// Calls `visit` with the name and the list of each part of a Catalogue.
template <class Visit>
void parts(Catalogue& catalogue, Visit visit) {
  visit("path_set", catalogue.path_sets);
  visit("destination", catalogue.destinations);
  visit("library_set", catalogue.library_sets);
  visit("module_set", catalogue.module_sets);
  visit("builder", catalogue.builders);
  visit("profile", catalogue.profiles);
}

class RowWriter {
 public:
  template <class... Ts>
  void operator()(Ts&... values) {
    (one(values), ...);
  }

  std::string take() { return std::move(row_); }

 private:
  void put(const std::string& text) { (row_ += text) += '\0'; }

  void one(std::string& text) { put(text); }

  void one(bool& flag) { put(flag ? "1" : "0"); }

  void one(std::int64_t& number) { put(std::to_string(number)); }

  void one(lua::Lua& lua) { put(std::to_string(static_cast<int>(lua))); }

  template <class T>
  void one(std::vector<T>& list) {
    put(std::to_string(list.size()));
    for (auto& item : list)
      one(item);
  }

  template <class T>
  void one(T& record) {
    fields(*this, record);
  }

  std::string row_;
};

/// Reads what RowWriter wrote; there is no other input.
class RowReader {
 public:
  explicit RowReader(std::string_view row) : row_(row) {}

  template <class... Ts>
  void operator()(Ts&... values) {
    (one(values), ...);
  }

  std::string_view next() {
    const auto text = row_.substr(0, row_.find('\0'));
    row_.remove_prefix(text.size() + 1);
    return text;
  }

 private:
  void one(std::string& text) { text = next(); }

  void one(bool& flag) { flag = next() == "1"; }

  void one(std::int64_t& number) {
    auto text = next();
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    number = 0;
    for (const char digit : text)
      number = number * 10 + (digit - '0');
    if (negative) number = -number;
  }

  void one(lua::Lua& lua) {
    std::int64_t number = 0;
    one(number);
    lua = static_cast<lua::Lua>(number);
  }

  template <class T>
  void one(std::vector<T>& list) {
    std::int64_t size = 0;
    one(size);
    list.resize(static_cast<std::size_t>(size));
    for (auto& item : list)
      one(item);
  }

  template <class T>
  void one(T& record) {
    fields(*this, record);
  }

  std::string_view row_;
};

/// The rows compiled in; each begins with the name of its part.
std::span<const std::string_view> builtin_rows();

}  // namespace rockstage::runtime
