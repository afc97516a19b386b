//! The strict check of a whole text: RFC 8259, UTF-8, nothing behind the value, at most `DEPTH` containers deep.

use crate::scan::{Kind, Malformed, Scanner, Span};
use crate::string;

const DEPTH: usize = 1024;

pub fn validate(text: &[u8]) -> Result<(), Malformed> {
    if let Err(error) = std::str::from_utf8(text) {
        return Err(Malformed {
            at: error.valid_up_to(),
        });
    }
    let scanner = Scanner::new(text);
    let mut open: Vec<u8> = Vec::new();
    let mut at = scanner.blank(0);
    loop {
        match scanner.byte(at) {
            Some(bracket @ (b'{' | b'[')) => {
                if open.len() == DEPTH {
                    return Err(Malformed { at });
                }
                let closing = if bracket == b'{' { b'}' } else { b']' };
                at = scanner.blank(at + 1);
                if scanner.byte(at) != Some(closing) {
                    open.push(closing);
                    at = name(&scanner, closing, at)?;
                    continue;
                }
                at += 1;
            }
            _ => at = scalar(&scanner, at)?,
        }
        // Behind a value: close what ends here, then the next value of what is still open.
        at = scanner.blank(at);
        while let (Some(closing), Some(byte)) = (open.last(), scanner.byte(at)) {
            if byte != *closing {
                break;
            }
            open.pop();
            at = scanner.blank(at + 1);
        }
        match (open.last(), scanner.byte(at)) {
            (None, None) => return Ok(()),
            (Some(closing), Some(b',')) => at = name(&scanner, *closing, scanner.blank(at + 1))?,
            _ => return Err(Malformed { at }),
        }
    }
}

/// Where the value begins: in an object its name comes first.
fn name(scanner: &Scanner, closing: u8, at: usize) -> Result<usize, Malformed> {
    if closing == b']' {
        return Ok(at);
    }
    let key = scanner.string(at)?;
    characters(scanner, key)?;
    let colon = scanner.blank(at + key.length);
    if scanner.byte(colon) != Some(b':') {
        return Err(Malformed { at: colon });
    }
    Ok(scanner.blank(colon + 1))
}

fn scalar(scanner: &Scanner, at: usize) -> Result<usize, Malformed> {
    let value = scanner.value(at)?;
    if value.kind == Kind::String as i32 {
        characters(scanner, value)?;
    }
    Ok(at + value.length)
}

/// Control characters must be escaped, and escapes must be known.
fn characters(scanner: &Scanner, value: Span) -> Result<(), Malformed> {
    let inner = scanner.inner(value).unwrap_or_default();
    if let Some(control) = inner.iter().position(|b| *b < 0x20) {
        return Err(Malformed {
            at: value.at + 1 + control,
        });
    }
    if value.escaped == 1 {
        string::unescape(inner).map_err(|bad| Malformed {
            at: value.at + 1 + bad.at,
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::validate;

    fn wrong_at(text: &str) -> Option<usize> {
        validate(text.as_bytes()).err().map(|e| e.at)
    }

    #[test]
    fn good_texts() {
        for text in [
            r#"{}"#,
            "[]",
            " 1 ",
            r#"{"a":[1,2.5e-3,{"b":null}],"c":"\u00e9"}"#,
            "[[[]],[]]",
            "-0.0E+1",
        ] {
            assert_eq!(wrong_at(text), None, "{text}");
        }
    }

    #[test]
    fn the_first_wrong_byte_is_named() {
        for (text, at) in [
            ("", 0),
            ("01", 1),
            ("[1,]", 3),
            (r#"{"a"}"#, 4),
            (r#"{"a":1,}"#, 7),
            ("[1}", 2),
            ("[1", 2),
            ("tru", 0),
            ("1 2", 2),
            ("\"a\nb\"", 2),
            (r#""\q""#, 1),
            ("[1.]", 3),
            ("{,}", 1),
            (r#""\ud800""#, 1),
            ("]", 0),
        ] {
            assert_eq!(wrong_at(text), Some(at), "{text}");
        }
        assert_eq!(validate(b"\"\xff\"").unwrap_err().at, 1);
        assert_eq!(wrong_at(&"[".repeat(2000)), Some(1024));
    }
}
