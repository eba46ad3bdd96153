//! Where a redirect leads: to the same host it is followed; to any other it would take the token
//! along, and is refused.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use url::Url;

use super::callback::has_user_info;

/// How many redirects one attempt follows.
pub(super) const MOST: usize = 5;
/// How many characters of a foreign host's name an error shows.
const NAME: usize = 100;

/// Where an answer sends on to, or why it is not followed; `None` if it is no redirect.
pub(super) fn redirect(from: &Url, status: StatusCode, headers: &HeaderMap) -> Option<Result<Url, String>> {
    match status {
        // Those that keep the method and the body.
        StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => {
            let target = target(from, headers.get(header::LOCATION));
            Some(target.map_err(|why| format!("the callback answered {status} and {why}")))
        }
        _ if status.is_redirection() => {
            Some(Err(format!("the callback answered {status}; of redirects only 307 and 308 are followed")))
        }
        _ => None,
    }
}

fn target(from: &Url, location: Option<&HeaderValue>) -> Result<Url, String> {
    let location = location.ok_or("has no Location")?;
    let text = str::from_utf8(location.as_bytes()).map_err(|_| "its Location is not UTF-8")?;
    let to = from.join(text).map_err(|error| format!("its Location cannot be read: {error}"))?;
    if to.origin() != from.origin() {
        let name: String = to.origin().ascii_serialization().chars().take(NAME).collect();
        return Err(format!(
            "leads to {name}, which is not the callback's scheme, host and port: the token stays here"
        ));
    } else if has_user_info(&to) {
        return Err("its Location has a user name or a password in it".into());
    }
    Ok(to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{any, proptest};

    fn follow(status: u16, location: &[u8]) -> Option<Result<String, String>> {
        let headers = HeaderMap::from_iter([(header::LOCATION, HeaderValue::from_bytes(location).unwrap())]);
        let from = Url::parse("https://bot:444/calls/a?secret").unwrap();
        redirect(&from, StatusCode::from_u16(status).unwrap(), &headers).map(|to| to.map(String::from))
    }

    #[test]
    fn the_same_host_is_followed() {
        for (location, to) in [
            ("b", "https://bot:444/calls/b"),
            ("/b?x", "https://bot:444/b?x"),
            ("//BOT:444/b", "https://bot:444/b"),
            ("https://bot:444", "https://bot:444/"),
        ] {
            assert_eq!(follow(307, location.as_bytes()), Some(Ok(to.into())));
            assert_eq!(follow(308, location.as_bytes()), Some(Ok(to.into())));
        }
    }

    #[test]
    fn no_other_scheme_host_or_port_is() {
        for location in [
            "http://bot:444/",
            "https://bot/",
            "https://bot.evil:444/",
            "//evil",
            "\\\\evil",
            "data:,",
            "https://bot:444@evil/",
        ] {
            let refused = follow(307, location.as_bytes());
            assert!(matches!(&refused, Some(Err(why)) if why.contains("the token stays here")), "{refused:?}");
        }
        let long = format!("https://{}/", "a.".repeat(5000));
        assert!(follow(307, long.as_bytes()).unwrap().unwrap_err().len() < 300);
        for location in [&b"https://me:word@bot:444/"[..], b"https://[", b"/\xff"] {
            assert!(matches!(follow(308, location), Some(Err(_))));
        }
    }

    #[test]
    fn no_other_status_is() {
        for status in (300..400).filter(|status| !matches!(status, 307 | 308)) {
            assert!(matches!(follow(status, b"/b"), Some(Err(why)) if why.contains("only 307 and 308")), "{status}");
        }
        assert_eq!((follow(200, b"/b"), follow(404, b"/b"), follow(503, b"/b")), (None, None, None));
    }

    proptest! {
        #[test]
        fn no_location_leads_elsewhere(location in any::<String>()) {
            if let Ok(location) = HeaderValue::from_bytes(location.as_bytes())
                && let Some(Ok(to)) = follow(307, location.as_bytes())
            {
                assert!(to.starts_with("https://bot:444/"), "{to}");
            }
        }
    }
}
