//! Quotes words of clients and issuers in messages: shortened, and escaped so that they cannot
//! break a line or a terminal.

/// How many characters of a quoted word are shown.
const SHOWN: usize = 64;

/// The word in quotes, escaped, and shortened if it is long.
pub(super) fn quote(word: &str) -> String {
    format!("\"{}\"", cut(word, SHOWN).escape_debug())
}

/// At most `most` characters, with an ellipsis for the rest.
pub(super) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into(),
    }
}

/// Several quoted words, with `before_last` before the last one: `"a", "b" or "c"`.
pub(super) fn list(words: &[String], before_last: &str) -> String {
    match words {
        [] => "nobody".into(),
        [one] => quote(one),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().take(5).map(|word| quote(word)).collect();
            format!("{} {before_last} {}", first.join(", "), quote(last))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_words_stay_in_their_quotes() {
        assert_eq!(quote("a\"b\r\n\u{1b}[1m"), r#""a\"b\r\n\u{1b}[1m""#);
        assert_eq!(quote(&"é".repeat(1000)), format!("\"{}…\"", "é".repeat(64)));
    }

    #[test]
    fn lists_are_joined_with_commas_and_a_word() {
        let words = |n: usize| (0..n).map(|n| n.to_string()).collect::<Vec<_>>();
        assert_eq!(list(&words(0), "or"), "nobody");
        assert_eq!(list(&words(1), "or"), "\"0\"");
        assert_eq!(list(&words(3), "or"), "\"0\", \"1\" or \"2\"");
        assert!(list(&words(1000), "or").len() < 50);
    }
}
