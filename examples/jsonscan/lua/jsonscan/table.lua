--- Values as Lua tables.

-- With lua-cjson in the same process its null and its mark for arrays are used, so that what is decoded here can be
-- encoded there, and `[]` stays `[]`.
local has_cjson, cjson = pcall(require, "cjson")

local tables = {
  null = has_cjson and cjson.null or setmetatable({}, {
    __tostring = function() return "null" end,
    __newindex = function() error("jsonscan.null is a constant", 2) end,
  }),
  array_mt = has_cjson and cjson.array_mt or { __name = "array" },
}

--- The value with everything below it. Of equal keys the first counts, as in Value:find. Arrays have the metatable
-- `array_mt`, so that an empty one can be told from an empty object.
function tables.decode(value)
  local result = value:scalar()
  if result ~= value then
    return result
  end
  result = {}
  local is_array = value:kind() == "array"
  for key, child in value:entries() do
    if result[key] == nil then
      result[key] = type(child) == "table" and child.span and tables.decode(child) or child
    end
  end
  return is_array and setmetatable(result, tables.array_mt) or result
end

return tables
