//! How many random cases a property is tried with.

use proptest::test_runner::Config;

/// As many as `PROPTEST_CASES` says, or as is usual for the property: few enough for every run of the suite.
pub fn cases(usual: u32) -> Config {
    let told = std::env::var_os("PROPTEST_CASES");
    if told.is_some() { Config::default() } else { Config::with_cases(usual) }
}
