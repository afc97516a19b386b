-- One small job for each of the three examples.
local textkit = require "textkit"
local jsonscan = require "jsonscan"
local crc = require "crc"

local body = [[{
  "model": "demo-1",
  "messages": [
    {"role": "user", "content": "Crème brûlée für zwei, bitte! 👨‍👩‍👧"},
    {"role": "assistant", "content": "日本語でもいいですか。"}
  ]
}]]

print(("%s, crc32 %08x, %d bytes of JSON"):format(jit.version, crc.crc32(body), #body))
print("model: " .. jsonscan.open(body):get "/model")
for i, message in jsonscan.open(body):entries "/messages" do
  local content = message:get "/content"
  local count = textkit.count(content)
  print(("%d  %s|%d bytes, %d characters, %d words"):format(
    i, textkit.align(textkit.truncate(content, 24), 26), count.bytes, count.graphemes, count.words))
  print("   " .. textkit.slug(content))
end
print(("native modules: textkit.core %s (Unicode %s), jsonscan.so %s"):format(
  textkit._VERSION, textkit._UNICODE, jsonscan._VERSION))
