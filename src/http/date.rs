//! Dates in the format of the API.

/// The current time in UTC, as RFC 3339 with whole seconds.
pub(super) fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    #[test]
    fn has_the_published_form() {
        let now = super::now();
        let form: String = now.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        assert_eq!(form, "0000-00-00T00:00:00Z");
        assert!(now.as_str() > "2024", "{now}");
    }
}
