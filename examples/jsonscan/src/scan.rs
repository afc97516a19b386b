//! Finds values in JSON text by skipping over the others. Only what is passed on the way is looked at, and a container
//! is skipped by its brackets alone: whoever needs the whole text checked calls `validate` first.

use memchr::memchr2;

use crate::string;

/// What a value is. The numbers are part of the C interface.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum Kind {
    Null = 1,
    False = 2,
    True = 3,
    Number = 4,
    String = 5,
    Object = 6,
    Array = 7,
}

/// A value's place in the text, quotes and brackets included. The layout is part of the C interface.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Span {
    pub at: usize,
    pub length: usize,
    pub kind: i32,
    /// For a string: 1 when it has escapes.
    pub escaped: i32,
}

impl Span {
    pub fn at(at: usize) -> Self {
        Span {
            at,
            length: 0,
            kind: 0,
            escaped: 0,
        }
    }

    fn end(&self) -> usize {
        self.at.saturating_add(self.length)
    }
}

/// The text is no JSON at this offset.
#[derive(Debug)]
pub struct Malformed {
    pub at: usize,
}

pub struct Entry {
    pub key: Option<Span>,
    pub value: Span,
    /// Where the next entry is looked for.
    pub cursor: usize,
}

pub struct Scanner<'a> {
    text: &'a [u8],
}

impl<'a> Scanner<'a> {
    pub fn new(text: &'a [u8]) -> Self {
        Scanner { text }
    }

    pub fn byte(&self, at: usize) -> Option<u8> {
        self.text.get(at).copied()
    }

    /// The text of a span, if it lies within.
    pub fn slice(&self, span: Span) -> Option<&'a [u8]> {
        self.text.get(span.at..span.end())
    }

    /// The text between a string's quotes.
    pub fn inner(&self, span: Span) -> Option<&'a [u8]> {
        if span.kind != Kind::String as i32 || span.length < 2 {
            return None;
        }
        self.text.get(span.at + 1..span.end().checked_sub(1)?)
    }

    /// The first offset from `at` on that is no blank.
    pub fn blank(&self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        at + rest
            .iter()
            .take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r'))
            .count()
    }

    /// The value that begins at `at`.
    pub fn value(&self, at: usize) -> Result<Span, Malformed> {
        match self.byte(at) {
            Some(b'{') => self.container(at, Kind::Object),
            Some(b'[') => self.container(at, Kind::Array),
            Some(b'"') => self.string(at),
            Some(b'-' | b'0'..=b'9') => self.number(at),
            Some(b't') => self.literal(at, b"true", Kind::True),
            Some(b'f') => self.literal(at, b"false", Kind::False),
            Some(b'n') => self.literal(at, b"null", Kind::Null),
            _ => Err(Malformed { at }),
        }
    }

    pub fn string(&self, at: usize) -> Result<Span, Malformed> {
        if self.byte(at) != Some(b'"') {
            return Err(Malformed { at });
        }
        let mut end = at + 1;
        let mut escaped = 0;
        loop {
            let rest = self.text.get(end..).unwrap_or_default();
            let Some(found) = memchr2(b'"', b'\\', rest) else {
                return Err(Malformed {
                    at: self.text.len(),
                });
            };
            end += found;
            if self.text[end] == b'"' {
                return Ok(Span {
                    at,
                    length: end + 1 - at,
                    kind: Kind::String as i32,
                    escaped,
                });
            }
            escaped = 1;
            end += 2;
        }
    }

    /// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
    fn number(&self, at: usize) -> Result<Span, Malformed> {
        let digits = |from: usize| -> Result<usize, Malformed> {
            let rest = self.text.get(from..).unwrap_or_default();
            match rest.iter().take_while(|b| b.is_ascii_digit()).count() {
                0 => Err(Malformed { at: from }),
                count => Ok(from + count),
            }
        };
        let mut end = at + usize::from(self.byte(at) == Some(b'-'));
        end = if self.byte(end) == Some(b'0') {
            end + 1
        } else {
            digits(end)?
        };
        if self.byte(end) == Some(b'.') {
            end = digits(end + 1)?;
        }
        if matches!(self.byte(end), Some(b'e' | b'E')) {
            let signed = matches!(self.byte(end + 1), Some(b'+' | b'-'));
            end = digits(end + 1 + usize::from(signed))?;
        }
        Ok(Span {
            at,
            length: end - at,
            kind: Kind::Number as i32,
            escaped: 0,
        })
    }

    fn literal(&self, at: usize, word: &[u8], kind: Kind) -> Result<Span, Malformed> {
        if self.text[at..].starts_with(word) {
            Ok(Span {
                at,
                length: word.len(),
                kind: kind as i32,
                escaped: 0,
            })
        } else {
            Err(Malformed { at })
        }
    }

    fn container(&self, at: usize, kind: Kind) -> Result<Span, Malformed> {
        let mut depth = 0_usize;
        let mut here = at;
        while let Some(byte) = self.byte(here) {
            match byte {
                b'"' => {
                    here += self.string(here)?.length;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            here += 1;
            if depth == 0 {
                return Ok(Span {
                    at,
                    length: here - at,
                    kind: kind as i32,
                    escaped: 0,
                });
            }
        }
        Err(Malformed {
            at: self.text.len(),
        })
    }

    /// The entry of `container` at `cursor` (0: the first one), or none behind the last.
    pub fn next(&self, container: Span, cursor: usize) -> Result<Option<Entry>, Malformed> {
        let is_object = container.kind == Kind::Object as i32;
        if !is_object && container.kind != Kind::Array as i32 {
            return Ok(None);
        }
        let first = cursor == 0;
        let mut at = self.blank(if first {
            container.at.saturating_add(1)
        } else {
            cursor
        });
        match self.byte(at) {
            Some(b'}' | b']') => return Ok(None),
            Some(b',') if !first => at = self.blank(at + 1),
            _ if !first => return Err(Malformed { at }),
            _ => {}
        }
        let mut key = None;
        if is_object {
            let name = self.string(at)?;
            let colon = self.blank(name.end());
            if self.byte(colon) != Some(b':') {
                return Err(Malformed { at: colon });
            }
            at = self.blank(colon + 1);
            key = Some(name);
        }
        let value = self.value(at)?;
        Ok(Some(Entry {
            key,
            value,
            cursor: value.end(),
        }))
    }

    /// The value that `pointer` (RFC 6901) names below `from`. Of equal keys the first counts.
    pub fn find(&self, from: Span, pointer: &[u8]) -> Result<Option<Span>, Malformed> {
        let Some(path) = pointer.strip_prefix(b"/") else {
            return Ok(pointer.is_empty().then_some(from));
        };
        let mut here = from;
        for token in path.split(|b| *b == b'/') {
            match self.child(here, token)? {
                Some(child) => here = child,
                None => return Ok(None),
            }
        }
        Ok(Some(here))
    }

    fn child(&self, container: Span, token: &[u8]) -> Result<Option<Span>, Malformed> {
        let name = string::pointer_token(token);
        let wanted = string::pointer_index(token);
        let mut index = 0;
        let mut cursor = 0;
        while let Some(entry) = self.next(container, cursor)? {
            let found = match entry.key {
                Some(key) => self.is_named(key, &name),
                None => wanted == Some(index),
            };
            if found {
                return Ok(Some(entry.value));
            }
            index += 1;
            cursor = entry.cursor;
        }
        Ok(None)
    }

    fn is_named(&self, key: Span, name: &[u8]) -> bool {
        let Some(inner) = self.inner(key) else {
            return false;
        };
        if key.escaped == 0 {
            return inner == name;
        }
        string::unescape(inner).is_ok_and(|plain| plain == name)
    }
}
