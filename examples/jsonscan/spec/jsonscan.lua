-- luajit spec/jsonscan.lua: the module as programs use it.
local jsonscan = require "jsonscan"

local checks = 0

local function same(got, wanted, what)
  checks = checks + 1
  if got ~= wanted then
    error(("%s: got %q, wanted %q"):format(what, tostring(got), tostring(wanted)), 2)
  end
end

local text = [[
{
  "model": "m-1",
  "stream": true, "user": null, "off": false,
  "temperature": -0.25e1, "max": 9007199254740993,
  "messages": [
    {"role": "system", "content": "say \"hi\"\n\u00e9 \ud83d\ude00"},
    {"role": "user", "content": "braces } ] in a \\ string"}
  ],
  "a/b": {"m~n": 8}, "": {"": "empty"}, "k\u0065y": "escaped",
  "twice": 1, "twice": 2,
  "none": [], "nothing": {}
}]]

local doc = assert(jsonscan.open(text))
same(doc:kind(), "object", "the root's kind")
same(doc:get "/model", "m-1", "a string")
same(doc:get "/stream", true, "true")
same(doc:get "/off", false, "false")
same(doc:get "/user", jsonscan.null, "null")
same(doc:get "/temperature", -2.5, "a number")
same(doc:get "/max", 9007199254740992, "a number beyond a double is rounded")
same(doc:find("/max"):raw(), "9007199254740993", "and its text is there")
same(doc:get "/messages/0/content", 'say "hi"\né 😀', "escapes")
same(doc:get "/messages/1/content", "braces } ] in a \\ string", "brackets in strings")
same(doc:get "/a~1b/m~0n", 8, "a pointer with escapes")
same(doc:get "//", "empty", "empty keys")
same(doc:get "/key", "escaped", "a key written with an escape")
same(doc:get "/twice", 1, "of equal keys the first counts")
same(doc:find(""):raw(), doc:raw(), "the empty pointer")
same(doc:find("/messages"):find("/1/role"):scalar(), "user", "a pointer below a value")

for _, absent in ipairs { "/nope", "/messages/2", "/messages/-", "/messages/01", "/model/x", "model" } do
  same(doc:get(absent), nil, "absent: " .. absent)
end

local roles = {}
for i, message in doc:entries "/messages" do
  roles[i] = message:get "/role"
end
same(table.concat(roles, ","), "system,user", "the elements of an array")

local keys = {}
for key in doc:entries() do
  keys[#keys + 1] = key
end
same(table.concat(keys, ","),
  "model,stream,user,off,temperature,max,messages,a/b,,key,twice,twice,none,nothing", "the members of an object")
for _ in doc:entries "/none" do error "an empty array has no entries" end
for _ in doc:entries "/model" do error "a string has no entries" end

local decoded = doc:decode()
same(decoded.messages[2].role, "user", "decode")
same(decoded.twice, 1, "decode of equal keys")
same(#decoded.none, 0, "decode of an empty array")
same(getmetatable(decoded.none) ~= nil, true, "an empty array is marked")
same(getmetatable(decoded.nothing), nil, "an empty object is not")
same(jsonscan.decode "[1,[2,[3]]]"[2][2][1], 3, "decode of a text")
same(jsonscan.decode "3.5", 3.5, "decode of a bare number")

for wrong, at in pairs {
  [""] = 1, ["[1,]"] = 4, ['{"a"}'] = 5, ["01"] = 2, ["[1 2]"] = 4, ['"\\q"'] = 2, ["nul"] = 1, ['"\1"'] = 2,
  ["1 x"] = 3, ['"\255"'] = 2, ["[}"] = 2,
} do
  local ok, message = jsonscan.valid(wrong)
  same(ok, false, "no JSON: " .. wrong)
  same(message, "not JSON at byte " .. at, "where: " .. wrong)
  same(jsonscan.open(wrong), nil, "open: " .. wrong)
end
same(jsonscan.valid "\t[ ]\r\n", true, "blanks around a value")
same(pcall(jsonscan.open, 12), false, "something else than a string is refused")

-- Lazy: what is skipped is not checked, what is looked at is.
local lazy = assert(jsonscan.open('{"bad": [1 2], "good": 5}', { lazy = true }))
same(lazy:get "/good", 5, "lazy skips what is wrong")
same(select(2, lazy:get "/bad/1"), "not JSON at byte 12", "lazy finds what it passes")
same(pcall(lazy.entries, lazy, "/bad/1"), false, "and does not take it for nothing")

-- Spans hold no pointer into the text: a collection between calls changes nothing.
local big = "[" .. ('{"n":"' .. ("x"):rep(1000) .. '"},'):rep(2000) .. '{"n":"last"}]'
local list = assert(jsonscan.open(big))
collectgarbage()
same(list:get "/2000/n", "last", "a long text")

print(("jsonscan: %d checks passed on %s"):format(checks, jit.version))
