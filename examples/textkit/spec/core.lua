-- luajit spec/core.lua: the native module by itself. Needs textkit on package.path and package.cpath.
local core = require "textkit.core"

local failed, checks = 0, 0

local function same(what, got, wanted)
  checks = checks + 1
  if got ~= wanted then
    failed = failed + 1
    io.stderr:write(("%s: got %q, wanted %q\n"):format(what, tostring(got), tostring(wanted)))
  end
end

local function list(parts)
  return table.concat(parts, "|")
end

local e_acute = "e\204\129"                              -- e, U+0301
local family = "👨‍👩‍👧"                                 -- three people and two joiners: one grapheme
local flag = "🇩🇰"

same("graphemes keep accents with their letter", list(core.graphemes("a" .. e_acute .. "b")), "a|" .. e_acute .. "|b")
same("a family is one grapheme", #core.graphemes(family), 1)
same("a flag is one grapheme", core.length(flag .. flag), 2)
same("no text, no graphemes", #core.graphemes(""), 0)
same("words", list(core.words("The quick (brown) fox can't jump 32.3 feet, right?")),
  "The|quick|brown|fox|can't|jump|32.3|feet|right")
same("sentences", list(core.sentences("One. Two?  Three!\n")), "One.|Two?|Three!")
same("length", core.length("naïve"), 5)
same("width of wide characters", core.width("日本"), 4)
same("width of a combining mark", core.width(e_acute), 1)
same("width of ASCII", core.width("plain"), 5)

same("sub from the start", core.sub("日本語", 1, 2), "日本")
same("sub to the end", core.sub("日本語", 2), "本語")
same("sub with negative ends", core.sub("日本語", -2, -1), "本語")
same("sub clips", core.sub("abc", -10, 10), "abc")
same("sub of nothing", core.sub("abc", 3, 2), "")
same("sub keeps graphemes whole", core.sub("x" .. family .. "y", 2, 2), family)
same("reverse keeps graphemes whole", core.reverse("a" .. e_acute .. flag), flag .. e_acute .. "a")

same("truncate leaves what fits", core.truncate("short", 5), "short")
same("truncate marks what it cuts", core.truncate("a long sentence", 7), "a long…")
same("truncate counts columns", core.truncate("日本語テキスト", 6), "日本…")
same("truncate with a mark of one's own", core.truncate("a long sentence", 8, "..."), "a lon...")
same("truncate without room for the mark", core.truncate("abcdef", 2, "..."), "ab")
same("truncate to nothing", core.truncate("abc", 0), "")

same("slug", core.slug("  Crème brûlée, 2 für 1! "), "creme-brulee-2-fur-1")
same("slug of an apostrophe", core.slug("Don't panic"), "dont-panic")
same("slug of another script", core.slug("Мой мир"), "мой-мир")
same("slug of Japanese", core.slug("日本語です。はい"), "日本語です-はい")

local ok, message = pcall(core.length, "ab\255c")
same("bytes that are no UTF-8 are refused", ok, false)
same("and the first of them is named",
  tostring(message):find("argument #1 is not valid UTF-8 at byte 3", 1, true) ~= nil, true)
same("a wrong type is refused", pcall(core.length, {}), false)
same("a negative width is refused", pcall(core.truncate, "abc", -1), false)
same("the module goes on after errors", core.length("abc"), 3)
same("version", core.version:match("^%d+%.%d+%.%d+$"), core.version)

if failed > 0 then
  io.stderr:write(("%d of %d checks failed\n"):format(failed, checks))
  os.exit(1)
end
print(("textkit.core: %d checks passed on %s"):format(checks, jit and jit.version or _VERSION))
