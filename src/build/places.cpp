#include "build/places.hpp"

#include "base/rel_path.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace rockstage::build {

std::string fill(const Places& places, const std::string& text) {
  const std::pair<std::string_view, const std::string&> values[] = {
      {"{work}", places.work}, {"{rock}", places.rock}, {"{objects}", places.objects}};
  std::string out;
  std::string_view rest = text;
  while (!rest.empty()) {
    // `${work}` in a shell text is a variable of its own.
    const bool of_shell = out.ends_with('$');
    const auto found = std::ranges::find_if(
        values, [&](const auto& value) { return !of_shell && rest.starts_with(value.first); });
    if (found != std::end(values)) {
      out += found->second;
      rest.remove_prefix(found->first.size());
    } else {
      out += rest.front();
      rest.remove_prefix(1);
    }
  }
  return out;
}

bool is_below(const std::string& path, const std::string& directory) {
  return path == directory || path.starts_with(directory == "/" ? directory : directory + "/");
}

Result<std::string> writable_target(const std::string& directory,
                                    const std::string& path,
                                    const std::string& what) {
  const auto relative = RelPath::parse(path);
  if (!relative || relative->empty())
    return fail(Errc::invalid_input,
                fmt::format("{} would write '{}', which is not inside the sources", what, path),
                "only relative paths without .. can be written");
  std::string file = sys::join(directory, relative->str());
  const bool inside = is_below(sys::absolute(sys::parent(file)), sys::absolute(directory));
  RS_TRY_ASSIGN(const auto status, sys::status(file));
  if (!inside || status.kind == sys::FileKind::link || status.kind == sys::FileKind::directory)
    return fail(
        Errc::invalid_input,
        fmt::format(
            "{} would write '{}', which is a directory or leads through a link", what, path),
        "only plain files inside the sources can be written");
  return file;
}

}  // namespace rockstage::build
