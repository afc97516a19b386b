--- crc: CRC-32, CRC-32C and CRC-64/XZ.

local core = require "crc.core"

local crc = { _VERSION = "1.0.0" }

local function hex(bytes)
  return (bytes:gsub(".", function(byte) return ("%02x"):format(byte:byte()) end))
end

--- Checks data that comes in pieces: crc.new("crc32c"):update(a):update(b):hex()
local Check = {}
Check.__index = Check

--- An empty check of the kind "crc32", "crc32c" or "crc64".
function crc.new(kind)
  return setmetatable({ kind = kind, value = core.update(kind, "") }, Check)
end

function Check:update(data)
  self.value = core.update(self.kind, data, self.value)
  return self
end

--- The check as 4 or 8 bytes, highest first.
function Check:bytes()
  return self.value
end

function Check:hex()
  return hex(self.value)
end

--- The check as a number; of a CRC-64 there is none that every Lua can hold.
function Check:number()
  if #self.value > 4 then
    error("crc: a 64 bit check does not fit a number", 2)
  end
  local a, b, c, d = self.value:byte(1, 4)
  return ((a * 256 + b) * 256 + c) * 256 + d
end

--- crc.crc32(data), crc.crc32c(data): numbers. crc.crc64(data): 16 hexadecimal digits.
function crc.crc32(data)
  return crc.new("crc32"):update(data):number()
end

function crc.crc32c(data)
  return crc.new("crc32c"):update(data):number()
end

function crc.crc64(data)
  return crc.new("crc64"):update(data):hex()
end

--- The check of a file, in hexadecimal; nil and a message when it cannot be read.
function crc.file(kind, path)
  local file, message = io.open(path, "rb")
  if not file then
    return nil, message
  end
  local check = crc.new(kind)
  while true do
    local piece, failure = file:read(65536)
    if not piece then
      file:close()
      if failure then
        return nil, failure
      end
      return check:hex()
    end
    check:update(piece)
  end
end

return crc
