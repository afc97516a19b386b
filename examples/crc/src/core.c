/* The module crc.core, for Lua 5.1 to 5.4 and LuaJIT.
 *
 * Checks are binary strings in network order (4 or 8 bytes), because no Lua before 5.3 has a number for 64 bits. */
#include <lauxlib.h>
#include <lua.h>

#include "crc.h"

static const char *const kNames[] = {"crc32", "crc32c", "crc64", NULL};

static void push(lua_State *L, enum crc_kind kind, uint64_t crc) {
  char bytes[8];
  int count = crc_bits(kind) / 8;
  for (int i = 0; i < count; i++) {
    bytes[i] = (char)(crc >> (8 * (count - 1 - i)));
  }
  lua_pushlstring(L, bytes, (size_t)count);
}

/* The earlier check at `index`; 0 where there is none. */
static uint64_t earlier(lua_State *L, int index, enum crc_kind kind) {
  if (lua_isnoneornil(L, index)) {
    return 0;
  }
  size_t length;
  const char *bytes = luaL_checklstring(L, index, &length);
  luaL_argcheck(L, length == (size_t)crc_bits(kind) / 8, index, "not a check of this kind");
  uint64_t crc = 0;
  for (size_t i = 0; i < length; i++) {
    crc = (crc << 8) | (unsigned char)bytes[i];
  }
  return crc;
}

/* update(kind, data [, earlier]): the check of the data, or of what `earlier` is the check of followed by the data. */
static int update(lua_State *L) {
  enum crc_kind kind = (enum crc_kind)luaL_checkoption(L, 1, NULL, kNames);
  size_t length;
  const char *data = luaL_checklstring(L, 2, &length);
  uint64_t crc = earlier(L, 3, kind);
  push(L, kind, crc_update(kind, crc, (const unsigned char *)data, length));
  return 1;
}

__attribute__((visibility("default"))) int luaopen_crc_core(lua_State *L) {
  crc_prepare();
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, update);
  lua_setfield(L, -2, "update");
  return 1;
}
