//! The algorithms, free of Lua.

use unicode_normalization::char::is_combining_mark;
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

pub fn graphemes(text: &str) -> Vec<&str> {
    text.graphemes(true).collect()
}

/// Words with a letter or a digit in them; punctuation and blanks are left out.
pub fn words(text: &str) -> Vec<&str> {
    text.unicode_words().collect()
}

/// Sentences without the blanks around them.
pub fn sentences(text: &str) -> Vec<&str> {
    text.unicode_sentences()
        .map(str::trim)
        .filter(|s| !s.is_empty())
        .collect()
}

pub fn length(text: &str) -> usize {
    text.graphemes(true).count()
}

/// Columns on a terminal: 2 for East Asian wide characters and emoji, 0 for combining marks (UAX #11).
pub fn width(text: &str) -> usize {
    text.width()
}

/// `string.sub` in graphemes: 1 is the first, -1 the last, both ends are included and clipped.
pub fn sub(text: &str, first: i64, last: i64) -> &str {
    let count = length(text) as i64;
    let from_end = |i: i64| {
        if i < 0 {
            count.saturating_add(i).saturating_add(1)
        } else {
            i
        }
    };
    let (first, last) = (from_end(first).max(1), from_end(last).min(count));
    if first > last {
        return "";
    }
    // The byte at which the grapheme of that number begins; behind the last one, the end of the text.
    let byte = |number: i64| {
        text.grapheme_indices(true)
            .nth(number as usize)
            .map_or(text.len(), |(at, _)| at)
    };
    &text[byte(first - 1)..byte(last)]
}

pub fn reverse(text: &str) -> String {
    text.graphemes(true).rev().collect()
}

/// At most `columns` columns: the text itself, or as many whole graphemes as fit before `mark`.
/// A mark that is itself too wide is left out.
pub fn truncate(text: &str, columns: usize, mark: &str) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mark = if width(mark) <= columns { mark } else { "" };
    let room = columns - width(mark);
    let mut kept = String::new();
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        used += width(grapheme);
        if used > room {
            break;
        }
        kept.push_str(grapheme);
    }
    kept + mark
}

/// The words in lower case, Latin letters without accents, joined by hyphens: "Crème brûlée!" is "creme-brulee".
/// Marks of other scripts stay: й is not и, and で is not て.
pub fn slug(text: &str) -> String {
    let mut on_latin = false;
    let plain: String = text
        .nfkd()
        .filter(|c| {
            if is_combining_mark(*c) {
                return !on_latin;
            }
            on_latin = c.is_ascii_alphabetic();
            true
        })
        .nfc()
        .collect();
    let lower = plain.replace(['\'', '’'], "").to_lowercase();
    lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}
