//! The known name that a misspelt one was probably meant to be.

/// The nearest of some ASCII names, by letters to change, ignoring case; `None` if no name is near.
pub(super) fn near(name: &str, known: &[&'static str]) -> Option<&'static str> {
    let name = name.to_lowercase();
    let characters = name.chars().count();
    let distances = known.iter().filter_map(|&known| {
        // A third of a name may be wrong, and three letters at most. A name that is much longer or
        // shorter is not compared: it may be as long as the body.
        let most = (known.len() / 3).min(3);
        let comparable = known.len().abs_diff(characters) <= most;
        let distance = comparable.then(|| strsim::levenshtein(&name, &known.to_ascii_lowercase()))?;
        (distance <= most).then_some((distance, known))
    });
    distances.min_by_key(|&(distance, _)| distance).map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::near;

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
}
