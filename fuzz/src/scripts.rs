//! The scripts of the example `mix_wav`.

use std::path::Path;

use mixminus::Channels;

use crate::{
    roster::Roster,
    script::{Action, Script},
};

/// Reads a script and plays it to a call of two. What is wrong is said in one line; what is right is in the order of its times,
/// and leads to no file outside of the script's directory that its text does not name.
pub fn scripts(input: &[u8]) {
    let script = match Script::parse(Path::new("directory/script.json"), input) {
        Ok(script) => script,
        Err(error) => {
            assert_eq!(error.exit_code(), 2, "the input is wrong, not the run");
            return assert!(!error.one_line().is_empty() && !error.one_line().contains('\n'));
        }
    };
    assert!(script.events.windows(2).all(|pair| pair[0].at_ms <= pair[1].at_ms));
    for event in &script.events {
        assert!((0.0..=1e9).contains(&event.at_ms));
        if let Action::Join { file: Some(file), .. } = &event.action {
            assert!(file.starts_with("directory") || file.is_absolute(), "{}", file.display());
        }
    }
    for channels in [Channels::Mono, Channels::Stereo] {
        let mut roster = Roster::new(channels);
        ["a", "b"].into_iter().try_for_each(|id| roster.admit(id)).expect("their names are good");
        if let Err(error) = roster.play(&script) {
            assert!(error.exit_code() == 2 && !error.one_line().contains('\n'), "{error}");
        }
    }
}
