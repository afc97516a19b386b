--- jsonscan: values out of JSON text, without decoding the rest of it.
--
--   local doc = assert(jsonscan.open(body))
--   local model = doc:get "/model"
--   for i, message in doc:entries "/messages" do … end

local ffi = require "ffi"
local lib = require "jsonscan.lib"
local tables = require "jsonscan.table"

local C = lib.C
local jsonscan = { _VERSION = lib.version, null = tables.null }

local new_span = ffi.typeof "jsonscan_span"
local new_size = ffi.typeof "size_t[1]"
local new_double = ffi.typeof "double[1]"
local new_bytes = ffi.typeof "char[?]"

--- A value in a text: an object, an array, or whatever `find` names.
local Value = {}
Value.__index = Value

local function malformed(at)
  return ("not JSON at byte %d"):format(tonumber(at) + 1)
end

local function value_at(text, span)
  return setmetatable({ text = text, span = span }, Value)
end

--- true, or false and what is wrong where.
function jsonscan.valid(text)
  local at = new_size()
  if C.jsonscan_validate(text, #text, at) == lib.OK then
    return true
  end
  return false, malformed(at[0])
end

--- The outermost value of `text`; nil and a message when it is no JSON. With {lazy = true} the text is not checked as a
-- whole: faults in parts that are skipped stay unnoticed.
function jsonscan.open(text, options)
  if type(text) ~= "string" then
    error("jsonscan.open: expected a string, got " .. type(text), 2)
  end
  if not (options and options.lazy) then
    local ok, message = jsonscan.valid(text)
    if not ok then
      return nil, message
    end
  end
  local span = new_span()
  if C.jsonscan_root(text, #text, span) ~= lib.OK then
    return nil, malformed(span.at)
  end
  return value_at(text, span)
end

--- The value that a JSON pointer (RFC 6901) names below this one: "/choices/0/text". nil when there is none; nil and a
-- message when the text is no JSON on the way.
function Value:find(pointer)
  local span = new_span()
  local code = C.jsonscan_find(self.text, #self.text, self.span, pointer, #pointer, span)
  if code == lib.OK then
    return value_at(self.text, span)
  elseif code == lib.MALFORMED then
    return nil, malformed(span.at)
  end
end

--- "null", "boolean", "number", "string", "object" or "array".
function Value:kind()
  return lib.kinds[self.span.kind]
end

--- The text of the value as it stands.
function Value:raw()
  local from = tonumber(self.span.at)
  return self.text:sub(from + 1, from + tonumber(self.span.length))
end

local function characters(text, span)
  local from, length = tonumber(span.at), tonumber(span.length)
  if span.escaped == 0 then
    return text:sub(from + 2, from + length - 1)
  end
  local buffer = new_bytes(length)
  local written = C.jsonscan_unescape(text, #text, span, buffer, length)
  if written < 0 then
    error("jsonscan: a wrong escape in the string at byte " .. from + 1, 0)
  end
  return ffi.string(buffer, written)
end

--- A string, number, boolean or jsonscan.null; objects and arrays stay values.
function Value:scalar()
  local kind = self:kind()
  if kind == "string" then
    return characters(self.text, self.span)
  elseif kind == "number" then
    local out = new_double()
    if C.jsonscan_number(self.text, #self.text, self.span, out) ~= lib.OK then
      error("jsonscan: a wrong number at byte " .. tonumber(self.span.at) + 1, 0)
    end
    return out[0]
  elseif kind == "boolean" then
    return self.span.kind == lib.TRUE
  elseif kind == "null" then
    return jsonscan.null
  end
  return self
end

--- What the pointer names, as `scalar` gives it.
function Value:get(pointer)
  local value, message = self:find(pointer)
  if not value then
    return nil, message
  end
  return value:scalar()
end

--- Iterates the members of an object (key, value) or the elements of an array (1-based index, value); values as `scalar`
-- gives them. Something else has no entries.
function Value:entries(pointer)
  local container, message = self, nil
  if pointer then
    container, message = self:find(pointer)
  end
  if message then
    error("jsonscan: " .. message, 2)
  elseif not container then
    return function() end
  end
  local text, span = self.text, container.span
  local cursor, key, index = new_size(), new_span(), 0
  return function()
    local value = new_span()
    local code = C.jsonscan_next(text, #text, span, cursor, key, value)
    if code == lib.MALFORMED then
      error("jsonscan: " .. malformed(value.at), 0)
    elseif code == lib.ABSENT then
      return nil
    end
    index = index + 1
    local name = container:kind() == "object" and characters(text, key) or index
    return name, value_at(text, value):scalar()
  end
end

--- The whole value as Lua tables; see jsonscan.table.
function Value:decode()
  return tables.decode(self)
end

--- jsonscan.decode(text): the text as Lua tables; nil and a message when it is no JSON.
function jsonscan.decode(text)
  local value, message = jsonscan.open(text)
  if not value then
    return nil, message
  end
  return tables.decode(value)
end

return jsonscan
