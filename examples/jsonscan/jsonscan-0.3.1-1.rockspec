rockspec_format = "3.0"
package = "jsonscan"
version = "0.3.1-1"

source = {
   url = "git+https://example.org/jsonscan.git",
   tag = "v0.3.1",
}

description = {
   summary = "Reads values out of JSON text without decoding the rest of it",
   detailed = [[
A lazy JSON scanner for LuaJIT: checks a text, finds values by JSON pointer, iterates objects and arrays. The scanner is
a Rust library without Lua in it, called through LuaJIT's ffi.]],
   license = "Apache-2.0",
   labels = { "json", "ffi", "rust" },
}

dependencies = {
   "lua >= 5.1, < 5.2",
}

build = {
   type = "command",
   build_command = "cargo build --release",
   install_command = [[
      mkdir -p "$(LIBDIR)" "$(LUADIR)/jsonscan" &&
      cp target/release/libjsonscan.so "$(LIBDIR)/jsonscan.so" &&
      cp lua/jsonscan.lua "$(LUADIR)/jsonscan.lua" &&
      cp lua/jsonscan/lib.lua lua/jsonscan/table.lua "$(LUADIR)/jsonscan/"
   ]],
}
