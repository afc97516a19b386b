-- lua spec/crc.lua: the published check values, and pieces against the whole.
local crc = require "crc"

local function same(got, wanted, what)
  if got ~= wanted then
    error(("%s: got %s, wanted %s"):format(what, tostring(got), tostring(wanted)), 2)
  end
end

-- The "check" column of the catalogue of CRC algorithms, over "123456789".
same(crc.crc32("123456789"), 0xCBF43926, "CRC-32/ISO-HDLC")
same(crc.crc32c("123456789"), 0xE3069283, "CRC-32/ISCSI")
same(crc.crc64("123456789"), "995dc9bbdf1939fa", "CRC-64/XZ")

-- RFC 3720, B.4.
same(crc.crc32c(("\0"):rep(32)), 0x8A9136AA, "32 bytes of zeroes")
same(crc.crc32c(("\255"):rep(32)), 0x62A8AB43, "32 bytes of ones")

same(crc.crc32(""), 0, "nothing")
same(crc.crc64(""), "0000000000000000", "nothing, 64 bits")
same(crc.crc32("The quick brown fox jumps over the lazy dog"), 0x414FA339, "a text")

local text = {}
for i = 0, 999 do
  text[#text + 1] = string.char(i * 7 % 256)
end
text = table.concat(text)
for _, kind in ipairs { "crc32", "crc32c", "crc64" } do
  local whole = crc.new(kind):update(text):hex()
  for _, size in ipairs { 1, 3, 7, 8, 9, 64, 999, 1000 } do
    local check = crc.new(kind)
    for at = 1, #text, size do
      check:update(text:sub(at, at + size - 1))
    end
    same(check:hex(), whole, kind .. " in pieces of " .. size)
  end
  same(#crc.new(kind):bytes() * 2, #whole, kind .. " as bytes")
end

same(crc.file("crc32", arg[0]):match("^%x%x%x%x%x%x%x%x$") ~= nil, true, "the check of a file")
same(crc.file("crc32", "no such file"), nil, "a file that is not there")

same(pcall(crc.new, "crc8"), false, "an unknown kind is refused")
same(pcall(crc.crc32, nil), false, "nothing to check is refused")
same(pcall(require("crc.core").update, "crc64", "", "1234"), false, "a check of another kind is refused")
same(pcall(function() local n = crc.new("crc64"):number() return n end), false, "64 bits are no number")

print("crc: all checks passed on " .. (jit and jit.version or _VERSION))
