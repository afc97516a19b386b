-- luajit spec/loader.lua: how the wrapper finds its library.
-- Without the library the error lists every place. This comes first: a library that is loaded is found again by its SONAME.
local cpath = package.cpath
package.cpath = "/nonexistent/a/?.so;/nonexistent/b/?.so"
local ok, message = pcall(require, "jsonscan.lib")
package.cpath = cpath
package.loaded["jsonscan.lib"] = nil -- Lua 5.1 keeps a mark of the attempt
assert(not ok, "no library, no module")
for _, place in ipairs {
  "/nonexistent/a/jsonscan.so", "/nonexistent/a/libjsonscan.so", "/nonexistent/b/jsonscan.so", "libjsonscan.so",
} do
  assert(message:find(place, 1, true), "the error names " .. place .. ": " .. message)
end

local lib = require "jsonscan.lib"
assert(lib.file:match("jsonscan%.so$"), "the library comes from package.cpath, not from " .. lib.file)
assert(lib.version == require("jsonscan")._VERSION, "one version")

-- Another process's cjson is simulated: its null is the one that is used.
local null = setmetatable({}, { __tostring = function() return "cjson.null" end })
package.loaded["cjson"] = { null = null }
package.loaded["jsonscan.table"] = nil
assert(require("jsonscan.table").null == null, "cjson's null is used where cjson is")

print("jsonscan.lib: loaded from " .. lib.file)
