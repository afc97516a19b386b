#include "stage/command_file.hpp"

#include "lua/evaluator.hpp"
#include "rock/rockspec.hpp"
#include "rock/wrapper.hpp"
#include "sys/files.hpp"

namespace rockstage::stage {
namespace {

constexpr unsigned kExecute = 0755;

}  // namespace

Result<void> put_command(const CommandFile& command, TreeEdit& edit) {
  const auto& path = command.place.path;
  if (!command.wrap) return edit.copy_in(command.original, path, kExecute);
  const auto& [name, version] = command.rock.rock;
  const auto wrapper = rock::bin_wrapper(
      {sys::base_name(path), name, version, command.place.file.name}, command.rock.v);
  return edit.write(path, wrapper, kExecute);
}

Result<bool> is_wrapped(const RockKey& key,
                        const std::string& original,
                        const rock::Layout& layout,
                        const TreeEdit& edit) {
  const auto rockspec = rockspec_path(layout, key);
  RS_TRY_ASSIGN(const auto text, edit.read(rockspec));
  Diagnostics unheard;  // it was judged when it was installed
  const auto spec = rock::read_rockspec(text, rockspec, unheard);
  if (spec && !spec->wrap_bin_scripts) return false;
  RS_TRY_ASSIGN(const auto script, edit.read(original));
  return lua::is_lua_script(script, sys::base_name(original));
}

}  // namespace rockstage::stage
