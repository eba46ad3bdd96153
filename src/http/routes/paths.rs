//! The paths of the API: the prefixes of its versions, and the names that it has for its calls.

/// The version prefixes of the API.
pub(super) const VERSIONS: [&str; 3] = ["", "/beta", "/v1.0"];

/// The names that the API has for its calls.
pub(super) const CALLS: [&str; 3] =
    ["/app/calls/{call}", "/applications/{application}/calls/{call}", "/communications/calls/{call}"];

/// The path of a call in every version under every name. All paths of the API but
/// `/openapi.json` begin with one of these.
pub(super) fn of_calls() -> impl Iterator<Item = String> {
    VERSIONS.iter().flat_map(|version| CALLS.iter().map(move |calls| format!("{version}{calls}")))
}

/// The first segment of a name for calls: `app` of `/app/calls/{call}`.
pub(super) fn family(calls: &str) -> &str {
    calls.split('/').nth(1).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_call_has_nine_paths() {
        let paths: HashSet<_> = of_calls().collect();
        assert_eq!(paths.len(), 9, "{paths:?}");
        assert!(paths.iter().all(|path| path.starts_with('/') && path.ends_with("/calls/{call}")), "{paths:?}");
        assert!(paths.contains("/app/calls/{call}") && paths.contains("/v1.0/communications/calls/{call}"));
    }

    #[test]
    fn each_name_is_of_another_family() {
        assert_eq!(CALLS.map(family), ["app", "applications", "communications"]);
    }
}
