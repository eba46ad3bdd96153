//! Dates in the format of the API.

use std::time::SystemTime;

/// The current time in UTC, as RFC 3339 with whole seconds.
pub(super) fn now() -> String {
    humantime::format_rfc3339_seconds(SystemTime::now()).to_string()
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
