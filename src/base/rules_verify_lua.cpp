#include "base/rules_parts.hpp"

namespace rockstage {
namespace {

constexpr RuleInfo kRules[] = {
    {rules::ffi_library_unused,
     Severity::warning,
     "a library without luaopen_ that no Lua file of the tree loads",
     "It is no module, so require cannot open it, and no staged wrapper names it in ffi.load. "
     "Either the wrapper was forgotten, or the library has a name that the wrapper does not "
     "use. Stage the wrapper, or leave the library out."},
    {rules::ffi_symbol,
     Severity::error,
     "a wrapper declares a function that its library does not export",
     "The first call fails with: undefined symbol: foo. LuaJIT looks functions up when they "
     "are first used, so it is found late. Export the function (#[no_mangle] pub extern "
     "\"C\"), or remove it from ffi.cdef."},
    {rules::lua_abi,
     Severity::error,
     "built for another Lua than the runtime is",
     "Each Lua has functions that the others lack, and other numbers for the registry and "
     "upvalues. The loader refuses (undefined symbol: lua_rawlen, version mismatch), or, "
     "worse, the module loads and crashes. Build it with the feature of the runtime's Lua, "
     "e.g. mlua's luajit, lua54."},
    {rules::lua_embedded_vm,
     Severity::error,
     "a Lua of its own is linked into the module",
     "The module would use two Luas at once: values of one mean nothing to the other, and the "
     "process crashes. It comes from mlua's vendored feature. Build with module and without "
     "vendored."},
    {rules::lua_linked_vm,
     Severity::error,
     "needs a shared library that is a Lua of its own",
     "NEEDED names liblua or libluajit: a second Lua is loaded beside the host's, and the "
     "process crashes or the library is missing. Modules take Lua's functions from the host. "
     "Build with mlua's module feature."},
    {rules::lua_module_shadowed,
     Severity::warning,
     "a module of that name comes earlier on the search path",
     "The runtime has a module of that name and will load its own, or ours hides one that the "
     "runtime counts on. Choose another name, or a destination that is searched in the order "
     "that is meant."},
    {rules::lua_module_unreachable,
     Severity::error,
     "a module that the manifest lists is on no search path",
     "The file is there, and the runtime looks elsewhere: module 'x' not found. Copy it to a "
     "destination of the runtime (see its search paths), or add the directory to "
     "lua_package_path and lua_package_cpath."},
    {rules::lua_open_symbol,
     Severity::error,
     "no luaopen_ function fits the name of the file",
     "require looks for a function that is named after the file: luaopen_a_b for a/b.so, and "
     "fails with: undefined symbol: luaopen_a_b. With a hyphen only a part of the name counts. "
     "Name the function after the file, or the file after the function."},
    {rules::lua_panic_abort,
     Severity::error,
     "a native module for LuaJIT whose panics abort",
     "With panic = \"abort\" the code cannot be unwound, and the first Lua error that passes "
     "through it ends the worker with SIGABRT. Build with panic = \"unwind\"; rockstage build "
     "overrides the profile."},
    {rules::lua_require,
     Severity::warning,
     "a wrapper requires a module that is nowhere",
     "It is neither in the tree, nor in the runtime, nor a declared dependency, so the wrapper "
     "fails: module 'x' not found. A module that is only tried with pcall does not count. "
     "Declare it as a dependency, or stage it too."},
    {rules::lua_syntax,
     Severity::error,
     "a Lua file does not compile in the runtime's Lua",
     "The first require fails with the line of the error, such as: '=' expected near 'x'. "
     "Usually it is syntax of a later Lua (integer division, attributes, bitwise operators). "
     "Write it for the Lua of the runtime, or precompile it for that one."},
};

}  // namespace

std::span<const RuleInfo> verify_lua_rules() {
  return kRules;
}

}  // namespace rockstage
