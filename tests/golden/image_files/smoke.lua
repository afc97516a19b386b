-- Written by rockstage. Requires each module of the rock in a plain Lua with only the staged tree on
-- its search paths, then runs the project's own script. By hand: luajit smoke.lua [TREE]
local lua_dir, so_dir = (... or '.') .. '/share/lua/5.1', (... or '.') .. '/lib/lua/5.1'
package.path = lua_dir .. '/?.lua;' .. lua_dir .. '/?/init.lua'
package.cpath = so_dir .. '/?.so'

local modules = {
  'textkit',
  'textkit.core',
}
-- What only a worker of the gateway has: a missing one is no fault of the rock.
-- 'a.*' is everything below a.
local gateway = {
  ['apisix.*'] = true,
  ['cjson'] = true,
  ['ndk'] = true,
  ['ngx'] = true,
  ['ngx.*'] = true,
  ['resty.*'] = true,
}
local causes = {
  {'undefined symbol: luaopen_', 'the file has no module of this name; the name of a library for ffi.load begins with lib'},
  {'undefined symbol: lua', 'it was built for another Lua: build it for the Lua of this image'},
  {'`GLIBC_', 'it was built on a newer distribution: use a builder no newer than this image'},
  {'cannot open shared object file', 'a shared library is not in this image, or is for another machine'},
  {'Error loading shared library', 'a shared library is not in this image, or is for another libc'},
  {'symbol not found', 'it was built for another Lua or another libc'},
  {'not found:', 'a module is neither in the rock nor in this Lua: stage the rock that has it'},
}

local own = {}
for _, name in ipairs(modules) do own[name] = true end

-- The name of what the gateway would have given, or nil.
local function missing_of_gateway(why)
  local name = why:match("module '([^'\n]+)' not found")
  if not name and why:find('nil value', 1, true) then
    name = why:match("attempt to [^\n]-'([%w_]+)'")
    if name ~= 'ngx' and name ~= 'ndk' and name ~= 'kong' then return nil end
  end
  if not name or own[name] then return nil end
  if gateway[name] then return name end
  local above = name
  repeat
    above = above:match('^(.+)%.')
    if above and gateway[above .. '.*'] then return name end
  until not above
end

local counts = {ok = 0, skipped = 0, failed = 0}

local function say(...)
  io.write(...)
  io.flush()
end

-- The name is said first, so that a crash shows where it happened.
local function try(name, run)
  say('smoke: ', (name:gsub('%c', '?')), ' ... ')
  local ok, why = pcall(run)
  if ok then
    say('ok\n')
    return 'ok'
  end
  why = type(why) == 'string' and why or 'an error that is a ' .. type(why)
  local missing = missing_of_gateway(why)
  if missing then
    say('skipped: needs ', missing, ', which only a worker has\n')
    return 'skipped'
  end
  say('FAILED\n', why, '\n')
  for _, cause in ipairs(causes) do
    if why:find(cause[1], 1, true) then
      say('smoke: ', cause[2], '\n')
      break
    end
  end
  return 'failed'
end

for _, name in ipairs(modules) do
  local status = try(name, function() require(name) end)
  counts[status] = counts[status] + 1
end

local script = [[
local textkit = require 'textkit'
assert(textkit.trim(' x ') == 'x')
]]
local script_status = try("the project's script", function()
  local run, why = (loadstring or load)(script, '=smoke script')
  if not run then error(why, 0) end
  run()
end)

say('smoke: ', counts.ok, ' loaded, ', counts.skipped, ' skipped, ', counts.failed, ' failed\n')
if counts.ok == 0 then say('smoke: no module was loaded\n') end
if counts.ok == 0 or counts.failed > 0 or script_status == 'failed' then os.exit(1) end
