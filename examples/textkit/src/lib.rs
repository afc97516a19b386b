//! The native half of textkit: everything that needs Unicode's tables.
//!
//! Lua strings are bytes. Every function here takes UTF-8, raises a Lua error that names the first wrong byte otherwise,
//! and counts in extended grapheme clusters (UAX #29): what a reader calls one character.

mod text;

use mlua::prelude::*;

/// The string argument at `position` as UTF-8.
fn utf8(text: &LuaString, position: usize) -> LuaResult<mlua::BorrowedStr<'_>> {
    text.to_str().map_err(|_| {
        let valid =
            std::str::from_utf8(&text.as_bytes()).map_or_else(|e| e.valid_up_to(), str::len);
        LuaError::runtime(format!(
            "argument #{position} is not valid UTF-8 at byte {}",
            valid + 1
        ))
    })
}

fn list(lua: &Lua, parts: Vec<&str>) -> LuaResult<LuaTable> {
    lua.create_sequence_from(parts)
}

fn graphemes(lua: &Lua, text: LuaString) -> LuaResult<LuaTable> {
    list(lua, text::graphemes(&utf8(&text, 1)?))
}

fn words(lua: &Lua, text: LuaString) -> LuaResult<LuaTable> {
    list(lua, text::words(&utf8(&text, 1)?))
}

fn sentences(lua: &Lua, text: LuaString) -> LuaResult<LuaTable> {
    list(lua, text::sentences(&utf8(&text, 1)?))
}

fn length(_: &Lua, text: LuaString) -> LuaResult<usize> {
    Ok(text::length(&utf8(&text, 1)?))
}

fn width(_: &Lua, text: LuaString) -> LuaResult<usize> {
    Ok(text::width(&utf8(&text, 1)?))
}

fn sub(lua: &Lua, (text, first, last): (LuaString, i64, Option<i64>)) -> LuaResult<LuaString> {
    lua.create_string(text::sub(&utf8(&text, 1)?, first, last.unwrap_or(-1)))
}

fn reverse(lua: &Lua, text: LuaString) -> LuaResult<LuaString> {
    lua.create_string(text::reverse(&utf8(&text, 1)?))
}

fn truncate(
    lua: &Lua,
    (text, columns, mark): (LuaString, i64, Option<LuaString>),
) -> LuaResult<LuaString> {
    let columns = usize::try_from(columns).map_err(|_| {
        LuaError::runtime(format!(
            "argument #2 is {columns}, a width cannot be negative"
        ))
    })?;
    let text = utf8(&text, 1)?;
    let cut = match &mark {
        Some(mark) => text::truncate(&text, columns, &utf8(mark, 3)?),
        None => text::truncate(&text, columns, "…"),
    };
    lua.create_string(cut)
}

fn slug(lua: &Lua, text: LuaString) -> LuaResult<LuaString> {
    lua.create_string(text::slug(&utf8(&text, 1)?))
}

#[mlua::lua_module]
fn textkit_core(lua: &Lua) -> LuaResult<LuaTable> {
    let exports = lua.create_table()?;
    exports.set("graphemes", lua.create_function(graphemes)?)?;
    exports.set("words", lua.create_function(words)?)?;
    exports.set("sentences", lua.create_function(sentences)?)?;
    exports.set("length", lua.create_function(length)?)?;
    exports.set("width", lua.create_function(width)?)?;
    exports.set("sub", lua.create_function(sub)?)?;
    exports.set("reverse", lua.create_function(reverse)?)?;
    exports.set("truncate", lua.create_function(truncate)?)?;
    exports.set("slug", lua.create_function(slug)?)?;
    exports.set("version", env!("CARGO_PKG_VERSION"))?;
    let (major, minor, patch) = unicode_segmentation::UNICODE_VERSION;
    exports.set("unicode_version", format!("{major}.{minor}.{patch}"))?;
    Ok(exports)
}
