rockspec_format = "3.0"
package = "crc"
version = "1.0.0-1"

source = {
   url = "git+https://example.org/crc.git",
   tag = "v1.0.0",
}

description = {
   summary = "CRC-32, CRC-32C and CRC-64 for data in pieces",
   license = "Apache-2.0",
   labels = { "checksum" },
}

dependencies = {
   "lua >= 5.1, < 5.5",
}

build = {
   type = "builtin",
   modules = {
      crc = "lua/crc.lua",
      ["crc.core"] = {
         sources = { "src/core.c", "src/crc.c" },
         incdirs = { "src" },
      },
   },
}
