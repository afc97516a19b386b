//! Escapes: those of JSON strings and those of JSON pointers.

/// An escape that JSON does not know, or half of a surrogate pair, at this offset of the string.
#[derive(Debug)]
pub struct BadEscape {
    pub at: usize,
}

/// The four hexadecimal digits from `at` on.
fn hex4(raw: &[u8], at: usize) -> Option<u32> {
    let digits = raw.get(at..at + 4)?;
    digits
        .iter()
        .try_fold(0, |sum, b| Some(sum * 16 + char::from(*b).to_digit(16)?))
}

/// The character of the `\u` escape at `at`, and the offset behind it.
fn unicode(raw: &[u8], at: usize) -> Result<(char, usize), BadEscape> {
    let bad = BadEscape { at };
    let Some(first) = hex4(raw, at + 2) else {
        return Err(bad);
    };
    if !(0xD800..0xDC00).contains(&first) {
        return char::from_u32(first).map(|c| (c, at + 6)).ok_or(bad);
    }
    let second = if raw.get(at + 6..at + 8) == Some(b"\\u") {
        hex4(raw, at + 8)
    } else {
        None
    };
    match second {
        Some(second @ 0xDC00..0xE000) => {
            let code = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
            char::from_u32(code).map(|c| (c, at + 12)).ok_or(bad)
        }
        _ => Err(bad),
    }
}

/// The characters that `raw`, the text between the quotes, stands for. Never longer than `raw`.
pub fn unescape(raw: &[u8]) -> Result<Vec<u8>, BadEscape> {
    let mut plain = Vec::with_capacity(raw.len());
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'\\', &raw[at..]) {
        plain.extend_from_slice(&raw[at..at + found]);
        at += found;
        let byte = match raw.get(at + 1) {
            Some(b @ (b'"' | b'\\' | b'/')) => *b,
            Some(b'b') => 0x08,
            Some(b'f') => 0x0C,
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'u') => {
                let (character, behind) = unicode(raw, at)?;
                plain.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                at = behind;
                continue;
            }
            _ => return Err(BadEscape { at }),
        };
        plain.push(byte);
        at += 2;
    }
    plain.extend_from_slice(&raw[at..]);
    Ok(plain)
}

/// One step of a JSON pointer: `~1` is a slash, `~0` a tilde.
pub fn pointer_token(token: &[u8]) -> Vec<u8> {
    let mut name = Vec::with_capacity(token.len());
    let mut rest = token.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        let plain = match (byte, rest.peek()) {
            (b'~', Some(b'0')) => b'~',
            (b'~', Some(b'1')) => b'/',
            _ => {
                name.push(byte);
                continue;
            }
        };
        rest.next();
        name.push(plain);
    }
    name
}

/// One step as an array index: digits without a leading zero.
pub fn pointer_index(token: &[u8]) -> Option<usize> {
    if token.len() > 1 && token.first() == Some(&b'0') || !token.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(token).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_resolved() {
        assert_eq!(
            unescape(br#"a\n\"\\\/\u00e9\ud83d\ude00z"#).unwrap(),
            "a\n\"\\/é😀z".as_bytes()
        );
        assert_eq!(unescape(br"\ud83d").unwrap_err().at, 0);
        assert_eq!(unescape(br"ab\x").unwrap_err().at, 2);
        assert_eq!(unescape(br"ab\").unwrap_err().at, 2);
    }

    #[test]
    fn pointer_steps() {
        assert_eq!(pointer_token(b"a~1b~0~"), b"a/b~~");
        assert_eq!(pointer_index(b"12"), Some(12));
        assert_eq!(pointer_index(b"012"), None);
        assert_eq!(pointer_index(b""), None);
        assert_eq!(pointer_index(b"-"), None);
    }
}
