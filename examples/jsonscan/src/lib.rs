//! The C interface of jsonscan, as `lua/jsonscan/lib.lua` declares it.
//!
//! Text is borrowed for the length of one call; values are spans of it (offset and length), so nothing is kept here and
//! nothing needs to be freed. Every function returns OK, ABSENT or MALFORMED; with MALFORMED the span or offset that it
//! writes tells where.

mod scan;
mod string;
mod validate;

use scan::{Kind, Malformed, Scanner, Span};

const OK: i32 = 0;
const ABSENT: i32 = 1;
const MALFORMED: i32 = -1;

/// `length` bytes at `text`; none for a null pointer.
///
/// # Safety
/// `text` is null or valid for reads of `length` bytes for as long as the slice lives.
unsafe fn bytes<'a>(text: *const u8, length: usize) -> &'a [u8] {
    if text.is_null() {
        return &[];
    }
    unsafe { std::slice::from_raw_parts(text, length) }
}

/// Writes what was found and says so.
fn answer(result: Result<Option<Span>, Malformed>, out: &mut Span) -> i32 {
    match result {
        Ok(Some(span)) => {
            *out = span;
            OK
        }
        Ok(None) => ABSENT,
        Err(Malformed { at }) => {
            *out = Span::at(at);
            MALFORMED
        }
    }
}

/// Is this one complete JSON text (RFC 8259) in UTF-8? `at` receives the offset of the first wrong byte.
///
/// # Safety
/// `text` as in `bytes`; `at` is valid for a write.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jsonscan_validate(text: *const u8, length: usize, at: &mut usize) -> i32 {
    match validate::validate(unsafe { bytes(text, length) }) {
        Ok(()) => OK,
        Err(malformed) => {
            *at = malformed.at;
            MALFORMED
        }
    }
}

/// The outermost value.
///
/// # Safety
/// `text` as in `bytes`; `out` is valid for a write.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jsonscan_root(text: *const u8, length: usize, out: &mut Span) -> i32 {
    let scanner = Scanner::new(unsafe { bytes(text, length) });
    answer(scanner.value(scanner.blank(0)).map(Some), out)
}

/// The value that the JSON pointer (RFC 6901) names below `from`.
///
/// # Safety
/// `text` and `pointer` as in `bytes`; `from` and `out` are valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jsonscan_find(
    text: *const u8,
    length: usize,
    from: &Span,
    pointer: *const u8,
    pointer_length: usize,
    out: &mut Span,
) -> i32 {
    let scanner = Scanner::new(unsafe { bytes(text, length) });
    answer(
        scanner.find(*from, unsafe { bytes(pointer, pointer_length) }),
        out,
    )
}

/// The next member of an object or element of an array. `cursor` is 0 at first; for an array `key` stays as it is.
///
/// # Safety
/// `text` as in `bytes`; the others are valid, and no two of them the same.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jsonscan_next(
    text: *const u8,
    length: usize,
    container: &Span,
    cursor: &mut usize,
    key: &mut Span,
    value: &mut Span,
) -> i32 {
    let scanner = Scanner::new(unsafe { bytes(text, length) });
    let entry = scanner.next(*container, *cursor).map(|entry| {
        entry.map(|entry| {
            *cursor = entry.cursor;
            if let Some(name) = entry.key {
                *key = name;
            }
            entry.value
        })
    });
    answer(entry, value)
}

/// Writes the characters of a string, without quotes and with escapes resolved, and returns how many bytes they are;
/// -1 when an escape is wrong or `capacity` is too small. The span's length is always enough.
///
/// # Safety
/// `text` as in `bytes`; `out` is valid for writes of `capacity` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jsonscan_unescape(
    text: *const u8,
    length: usize,
    value: &Span,
    out: *mut u8,
    capacity: usize,
) -> i64 {
    let scanner = Scanner::new(unsafe { bytes(text, length) });
    let Some(inner) = scanner.inner(*value) else {
        return -1;
    };
    let Ok(plain) = string::unescape(inner) else {
        return -1;
    };
    if plain.len() > capacity {
        return -1;
    }
    unsafe { std::ptr::copy_nonoverlapping(plain.as_ptr(), out, plain.len()) };
    plain.len() as i64
}

/// A number as a double, rounded to the nearest.
///
/// # Safety
/// `text` as in `bytes`; `out` is valid for a write.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jsonscan_number(
    text: *const u8,
    length: usize,
    value: &Span,
    out: &mut f64,
) -> i32 {
    let scanner = Scanner::new(unsafe { bytes(text, length) });
    let number = scanner
        .slice(*value)
        .filter(|_| value.kind == Kind::Number as i32);
    match number
        .and_then(|raw| std::str::from_utf8(raw).ok())
        .and_then(|raw| raw.parse().ok())
    {
        Some(parsed) => {
            *out = parsed;
            OK
        }
        None => MALFORMED,
    }
}

/// The version as a C string that lives as long as the library.
#[unsafe(no_mangle)]
pub extern "C" fn jsonscan_version() -> *const u8 {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr()
}
