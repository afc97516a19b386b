--- textkit: text as people see it. Offsets, lengths and widths count what a reader calls a character.
-- All functions take UTF-8 and raise an error that names the function and the first wrong byte otherwise.

local core = require "textkit.core"

local textkit = {
  _VERSION = core.version,
  _UNICODE = core.unicode_version,
}

--- The native function as one that raises plain strings, with the position of whoever called it.
local function checked(name)
  local native = core[name]
  return function(...)
    local ok, result = pcall(native, ...)
    if ok then
      return result
    end
    local message = tostring(result):match("^[^\n]*"):gsub("^runtime error: ", "")
    error("textkit." .. name .. ": " .. message, 2)
  end
end

for _, name in ipairs {
  "graphemes", "words", "sentences", "length", "width", "sub", "reverse", "truncate", "slug",
} do
  textkit[name] = checked(name)
end

--- Counts of everything: {bytes, graphemes, words, sentences, columns}.
function textkit.count(text)
  return {
    bytes = #text,
    graphemes = textkit.length(text),
    words = #textkit.words(text),
    sentences = #textkit.sentences(text),
    columns = textkit.width(text),
  }
end

--- Iterates: for index, grapheme in textkit.each(text) do … end
function textkit.each(text)
  return ipairs(textkit.graphemes(text))
end

--- The text with blanks up to `columns` columns; `side` is "left" (default), "right" or "centre".
function textkit.align(text, columns, side)
  local missing = math.max(0, columns - textkit.width(text))
  if side == nil or side == "left" then
    return text .. (" "):rep(missing)
  elseif side == "right" then
    return (" "):rep(missing) .. text
  elseif side == "centre" then
    local before = math.floor(missing / 2)
    return (" "):rep(before) .. text .. (" "):rep(missing - before)
  end
  error("textkit.align: side must be left, right or centre", 2)
end

--- Lines of at most `columns` columns, broken at blanks; a word that is wider stands alone on its line.
function textkit.wrap(text, columns)
  local lines, line, used = {}, {}, 0
  for word in text:gmatch("%S+") do
    local width = textkit.width(word)
    if #line > 0 and used + 1 + width > columns then
      lines[#lines + 1] = table.concat(line, " ")
      line, used = {}, 0
    end
    used = used + width + (#line > 0 and 1 or 0)
    line[#line + 1] = word
  end
  if #line > 0 then
    lines[#lines + 1] = table.concat(line, " ")
  end
  return lines
end

return textkit
