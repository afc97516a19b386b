--- The native library: its declarations, and where it is found.

local ffi = require "ffi"

ffi.cdef [[
typedef struct {
  size_t at;
  size_t length;
  int32_t kind;
  int32_t escaped;
} jsonscan_span;

int32_t jsonscan_validate(const char *text, size_t length, size_t *at);
int32_t jsonscan_root(const char *text, size_t length, jsonscan_span *out);
int32_t jsonscan_find(const char *text, size_t length, const jsonscan_span *from,
                      const char *pointer, size_t pointer_length, jsonscan_span *out);
int32_t jsonscan_next(const char *text, size_t length, const jsonscan_span *container,
                      size_t *cursor, jsonscan_span *key, jsonscan_span *value);
int64_t jsonscan_unescape(const char *text, size_t length, const jsonscan_span *value,
                          char *out, size_t capacity);
int32_t jsonscan_number(const char *text, size_t length, const jsonscan_span *value, double *out);
const char *jsonscan_version(void);
]]

--- The library by the places that `require` would look at, then by the system's own search.
-- It has no luaopen_ function, so `require` itself cannot load it.
local function load()
  local tried = {}
  for template in package.cpath:gmatch("[^;]+") do
    for _, name in ipairs { "jsonscan", "libjsonscan" } do
      local file = template:gsub("%?", name)
      local ok, library = pcall(ffi.load, file)
      if ok then
        return library, file
      end
      tried[#tried + 1] = "\n\t" .. tostring(library)
    end
  end
  local ok, library = pcall(ffi.load, "jsonscan")
  if ok then
    return library, "jsonscan"
  end
  tried[#tried + 1] = "\n\t" .. tostring(library)
  error("jsonscan: the native library was not found:" .. table.concat(tried), 0)
end

local library, file = load()

return {
  -- Kept here: the functions are gone when the library is collected.
  C = library,
  file = file,
  version = ffi.string(library.jsonscan_version()),
  OK = 0,
  ABSENT = 1,
  MALFORMED = -1,
  kinds = { "null", "boolean", "boolean", "number", "string", "object", "array" },
  FALSE = 2,
  TRUE = 3,
  STRING = 5,
}
