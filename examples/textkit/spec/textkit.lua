-- luajit spec/textkit.lua: the module as programs use it.
local textkit = require "textkit"

local function same(got, wanted, what)
  if got ~= wanted then
    error(("%s: got %q, wanted %q"):format(what, tostring(got), tostring(wanted)), 2)
  end
end

same(package.loaded["textkit.core"] ~= nil, true, "the wrapper loads the native module")

local counts = textkit.count("Hi, 世界! How are you?")
same(counts.bytes, 24, "bytes")
same(counts.graphemes, 20, "graphemes")
same(counts.columns, 22, "columns")
same(counts.sentences, 2, "sentences")

local seen = {}
for i, grapheme in textkit.each("añb") do
  seen[i] = grapheme
end
same(table.concat(seen, ","), "a,ñ,b", "each")

same(textkit.align("日本", 6) .. "|", "日本  |", "align left")
same(textkit.align("日本", 6, "right"), "  日本", "align right")
same(textkit.align("ab", 5, "centre"), " ab  ", "align centre")
same(textkit.align("too long", 3), "too long", "align never cuts")
same(table.concat(textkit.wrap("the quick brown fox", 9), "|"), "the quick|brown fox", "wrap")
same(table.concat(textkit.wrap("a disproportionate b", 5), "|"), "a|disproportionate|b", "wrap of a long word")
same(#textkit.wrap("", 10), 0, "wrap of nothing")

local ok, message = pcall(function()
  textkit.words("\237\160\128")
end)
same(ok, false, "bytes that are no UTF-8 are refused")
same(type(message), "string", "errors are plain strings")
same(message:match("textkit%.words: .*$"), "textkit.words: argument #1 is not valid UTF-8 at byte 1", "the message")
same(message:match("^[^:]*textkit%.lua:%d+: ") ~= nil, true, "the message names the caller's line")
same(pcall(textkit.align, "a", 3, "up"), false, "an unknown side is refused")

print("textkit: all checks passed on " .. (jit and jit.version or _VERSION))
