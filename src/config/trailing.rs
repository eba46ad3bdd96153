//! Trailing commas: commas after the last value of an array or object, as in the API's own
//! published example.

use std::borrow::Cow;

/// The same text with a space for every trailing comma, so that every other byte keeps its place.
///
/// The text may be malformed: commas after the first error do not matter, because the parser stops
/// at that error.
pub(super) fn blank_trailing_commas(body: &[u8]) -> Cow<'_, [u8]> {
    let commas = trailing_commas(body);
    if commas.is_empty() {
        return Cow::Borrowed(body);
    }
    let mut body = body.to_vec();
    for at in commas {
        body[at] = b' ';
    }
    Cow::Owned(body)
}

fn trailing_commas(body: &[u8]) -> Vec<usize> {
    let mut scan = Scan::default();
    let mut at = 0;
    while at < body.len() {
        at = scan.token(body, at);
    }
    scan.commas
}

#[derive(Default)]
struct Scan {
    /// The offsets of the trailing commas.
    commas: Vec<usize>,
    /// The closing bracket of each open one.
    open: Vec<u8>,
    /// The offset of the last token, if it was a comma after a value.
    candidate: Option<usize>,
    /// Whether the last token ended a value, and not the name of a property.
    after_value: bool,
    /// Whether the last token was a colon.
    after_colon: bool,
}

impl Scan {
    /// Scans the token at an offset. Returns the offset of the next token.
    fn token(&mut self, body: &[u8], at: usize) -> usize {
        let byte = body[at];
        let (candidate, after_colon) = (self.candidate, self.after_colon);
        if matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
            return at + 1;
        }
        (self.candidate, self.after_colon) = (None, byte == b':');
        match byte {
            b',' => self.candidate = self.after_value.then_some(at),
            b'{' => self.open.push(b'}'),
            b'[' => self.open.push(b']'),
            b'}' | b']' if self.open.pop() == Some(byte) => self.commas.extend(candidate),
            _ => {}
        }
        let is_name = byte == b'"' && self.open.last() == Some(&b'}') && !after_colon;
        self.after_value = !is_name && !matches!(byte, b',' | b':' | b'{' | b'[');
        if byte == b'"' { string_end(body, at + 1) } else { at + 1 }
    }
}

/// The offset after the closing quote of a string whose text begins at `at`.
fn string_end(body: &[u8], mut at: usize) -> usize {
    while at < body.len() {
        match body[at] {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::blank_trailing_commas;

    fn blanked(json: &str) -> String {
        String::from_utf8(blank_trailing_commas(json.as_bytes()).into_owned()).unwrap()
    }

    #[test]
    fn a_comma_after_the_last_value_goes() {
        for (json, right) in [
            ("[1,]", "[1 ]"),
            ("{\"a\":1,\r\n\t}", "{\"a\":1 \r\n\t}"),
            (r#"[[],{},"x",null,]"#, r#"[[],{},"x",null ]"#),
            (r#"{"a":[1,],"b":{"c":"d",},}"#, r#"{"a":[1 ],"b":{"c":"d" } }"#),
            (r#"["\\",]"#, r#"["\\" ]"#),
        ] {
            assert_eq!(blanked(json), right);
        }
    }

    #[test]
    fn every_other_comma_stays() {
        for json in [
            "[,]",
            "{,}",
            "[1,,]",
            "[,1]",
            "1,",
            "1,]",
            "[1,}",
            r#"{"a",}"#,
            r#"{"a":,}"#,
            r#"{"a":1,"b",}"#,
            r#"[",]"]"#,
            r#"["\",]"]"#,
            r#"["\"#,
            r#"["a,"#,
            "[1, ",
        ] {
            assert_eq!(blanked(json), json);
        }
    }
}
