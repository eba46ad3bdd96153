//! The name that was probably meant by a misspelt one.

/// The nearest of some names, by letters to change, in whatever case; none if no name is near.
pub(super) fn near(name: &str, known: &[&'static str]) -> Option<&'static str> {
    let name: Vec<char> = name.chars().flat_map(char::to_lowercase).collect();
    let distances = known.iter().filter_map(|&known| {
        let letters: Vec<char> = known.to_lowercase().chars().collect();
        // A third of a name may be wrong, and three letters at most; a name that is much longer or shorter costs no comparison.
        let most = (letters.len() / 3).min(3);
        let worth_it = letters.len().abs_diff(name.len()) <= most;
        let distance = worth_it.then(|| distance(&name, &letters))?;
        (distance <= most).then_some((distance, known))
    });
    distances.min_by_key(|&(distance, _)| distance).map(|(_, known)| known)
}

/// How many letters to insert, drop or replace to get from one word to the other (Levenshtein).
fn distance(from: &[char], to: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::{distance, near};

    const LEVEL: &[&str] = &["participant", "exclusive", "ducking", "sourceLevels", "exclusiveMode"];

    #[test]
    fn finds_what_was_meant() {
        for (name, meant) in [
            ("exlusive", Some("exclusive")),
            ("Exclusive", Some("exclusive")),
            ("exclusivemode", Some("exclusiveMode")),
            ("sourceLevel", Some("sourceLevels")),
            ("particpants", Some("participant")),
            ("duckign", Some("ducking")),
            ("DUCKING", Some("ducking")),
            ("particip", Some("participant")),
            ("exclusiveMod", Some("exclusiveMode")),
            ("docxing", Some("ducking")),
            ("docxinx", None),
            ("partxxxxant", None),
            ("level", None),
            ("", None),
            ("solo", None),
        ] {
            assert_eq!(near(name, LEVEL), meant, "{name}");
        }
        assert_eq!(near(&"x".repeat(100_000), LEVEL), None);
    }

    #[test]
    fn counts_letters() {
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        for (from, to, count) in [("", "abc", 3), ("abc", "abc", 0), ("kitten", "sitting", 3), ("ab", "ba", 2)] {
            assert_eq!(distance(&chars(from), &chars(to)), count, "{from} {to}");
        }
    }
}
