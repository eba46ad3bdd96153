//! Reads a JWKS from a file: [`FileJwks`]. A read is limited in bytes, and does not block the
//! server's threads.

use std::{
    fs::File,
    io::{self, Read},
    path::PathBuf,
    time::Duration,
};

use tokio::{task::spawn_blocking, time::timeout};

use super::{JwksRefresh, JwtError, keyring::Fetch, keys::Keys};

/// A JWKS in a file.
#[derive(Debug)]
pub(super) struct FileJwks {
    path: PathBuf,
    time: Duration,
    bytes: usize,
}

impl FileJwks {
    /// Reads nothing yet.
    pub fn new(path: PathBuf, refresh: &JwksRefresh) -> Self {
        Self { path, time: refresh.fetch_time, bytes: refresh.bytes }
    }

    /// Reads the file. Blocks.
    pub fn read(&self) -> Result<Keys, JwtError> {
        let text =
            read_up_to(&self.path, self.bytes).map_err(|error| JwtError::File { path: self.path.clone(), error })?;
        Keys::parse(&text)
    }
}

fn read_up_to(path: &PathBuf, bytes: usize) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    File::open(path)?.take((bytes as u64).saturating_add(1)).read_to_end(&mut text)?;
    if text.len() > bytes {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("it is longer than {bytes} bytes")));
    }
    Ok(text)
}

impl Fetch for FileJwks {
    async fn fetch(&self) -> Result<Keys, JwtError> {
        let file = Self { path: self.path.clone(), ..*self };
        let read = timeout(self.time, spawn_blocking(move || file.read())).await;
        let failed = |problem: String| Err(JwtError::Fetch { problem });
        match read {
            Ok(Ok(read)) => read,
            Ok(Err(error)) => failed(error.to_string()),
            Err(_) => failed(format!("{} was not read in {:?}", self.path.display(), self.time)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{env, fs, process};

    use serde_json::json;
    use tokio::runtime::{Builder, Runtime};

    use super::{
        super::{
            JwksSource, JwtAuthorizer, JwtOptions,
            clock::Clock,
            issuer::{SigningKey, jwks},
        },
        *,
    };
    use crate::http::auth::{Authorizer, Refusal};

    const NOW: u64 = 1_700_000_000;

    /// A file of keys, and an authorizer that reads it.
    struct Rig {
        path: PathBuf,
        clock: Clock,
        authorizer: JwtAuthorizer,
        runtime: Runtime,
    }

    impl Rig {
        fn new(name: &str, keys: &[&SigningKey]) -> Self {
            let path = env::temp_dir().join(format!("mixminus-{}-{name}.json", process::id()));
            fs::write(&path, jwks(keys)).unwrap();
            let (issuers, audiences) = (vec!["issuer".into()], vec!["mixer".into()]);
            let options = JwtOptions { issuers, audiences, ..JwtOptions::default() };
            let clock = Clock::manual(NOW);
            let authorizer = JwtAuthorizer::with_clock(JwksSource::File(path.clone()), options, clock.clone()).unwrap();
            Self { path, clock, authorizer, runtime: Builder::new_current_thread().enable_time().build().unwrap() }
        }

        fn write(&self, text: &str) {
            fs::write(&self.path, text).unwrap();
        }

        fn ask(&self, key: &SigningKey) -> Result<(), Refusal> {
            let claims = json!({"iss": "issuer", "aud": "mixer", "sub": "anna", "exp": NOW + 1_000_000});
            self.runtime.block_on(self.authorizer.authorize(Some(&key.token(&claims)))).map(drop)
        }

        fn advance(&self, seconds: u64) {
            self.clock.advance(Duration::from_secs(seconds));
        }
    }

    impl Drop for Rig {
        fn drop(&mut self) {
            let _gone = fs::remove_file(&self.path);
        }
    }

    #[test]
    fn an_added_key_is_accepted_from_the_first_token_that_names_it() {
        let (old, new) = (SigningKey::p256("old"), SigningKey::p256("new"));
        let rig = Rig::new("added", &[&old]);
        assert_eq!(rig.ask(&old), Ok(()));
        rig.write(&jwks(&[&old, &new]));
        assert_eq!((rig.ask(&new), rig.ask(&old)), (Ok(()), Ok(())));
    }

    #[test]
    fn a_withdrawn_key_is_accepted_until_the_file_is_read_again() {
        let (old, new) = (SigningKey::p256("old"), SigningKey::p256("new"));
        let rig = Rig::new("withdrawn", &[&old]);
        rig.write(&jwks(&[&new]));
        rig.advance(599);
        assert_eq!(rig.ask(&old), Ok(()));
        rig.advance(2);
        assert!(matches!(rig.ask(&old), Err(Refusal::Invalid { .. })));
        assert_eq!(rig.ask(&new), Ok(()));
    }

    #[test]
    fn a_missing_or_incomplete_file_leaves_the_keys_unchanged() {
        let key = SigningKey::p256("key");
        let rig = Rig::new("half", &[&key]);
        let whole = jwks(&[&key]);
        for text in [&whole[..whole.len() / 2], "", &" ".repeat(300 << 10)] {
            rig.write(text);
            rig.advance(700);
            assert_eq!(rig.ask(&key), Ok(()), "{} bytes", text.len());
        }
        fs::remove_file(&rig.path).unwrap();
        rig.advance(700);
        assert_eq!(rig.ask(&key), Ok(()));
        rig.advance(25 * 3600);
        assert!(matches!(rig.ask(&key), Err(Refusal::Unavailable { .. })), "not for ever");
        rig.write(&whole);
        rig.advance(10);
        assert_eq!(rig.ask(&key), Ok(()));
    }

    #[test]
    fn a_file_that_is_too_long_is_an_error() {
        let refresh = JwksRefresh { bytes: 10, ..JwksRefresh::default() };
        let path = env::temp_dir().join(format!("mixminus-{}-long.json", process::id()));
        fs::write(&path, "{\"keys\": []}").unwrap();
        let error = FileJwks::new(path.clone(), &refresh).read().unwrap_err().to_string();
        fs::remove_file(&path).unwrap();
        assert!(error.ends_with("it is longer than 10 bytes"), "{error}");
    }
}
