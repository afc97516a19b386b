rockspec_format = "3.0"
package = "textkit"
version = "1.2.0-1"

source = {
   url = "git+https://example.org/textkit.git",
   tag = "v1.2.0",
}

description = {
   summary = "Text as people see it: graphemes, words, sentences, display width",
   detailed = [[
Splits, counts, cuts and aligns UTF-8 text by extended grapheme clusters (UAX #29) and terminal columns (UAX #11),
with Unicode's tables in a native module written in Rust.]],
   license = "Apache-2.0",
   labels = { "unicode", "text", "rust" },
}

dependencies = {
   "lua >= 5.1, < 5.5",
}

build_dependencies = {
   "luarocks-build-rust-mlua",
}

build = {
   type = "rust-mlua",
   modules = {
      ["textkit.core"] = "textkit_core",
   },
   install = {
      lua = {
         ["textkit.init"] = "lua/textkit/init.lua",
      },
   },
}
