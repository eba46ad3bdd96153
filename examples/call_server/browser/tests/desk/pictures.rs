//! Pictures of the desk for people, in the directory `DESK_PICTURES` or beside the build, and the
//! parts of its look that a program can check.

use std::{env, fs, path::PathBuf};

use call_server_browser::{Complaints, Result, visit};

#[tokio::test]
async fn the_desk_fits_from_a_telephone_to_a_wide_screen_in_light_and_dark() -> Result<()> {
    let directory =
        env::var_os("DESK_PICTURES").map_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")), PathBuf::from);
    fs::create_dir_all(&directory)?;
    // An id of the usual length in the widest letters, wider than a telephone's screen.
    let call = "WWWWWWWW-WWWW-WWWW-WWWW-WWWWWWWWWWWW";
    visit(&["--call", call], Complaints::Forbidden, async |page| {
        page.open().await?;
        let mut grounds = Vec::new();
        for (name, width, height, scheme) in [
            ("narrow-light", 360, 2400, "light"),
            ("telephone-dark", 390, 2400, "dark"),
            ("desktop-light", 1280, 1000, "light"),
            ("wide-dark", 1920, 1080, "dark"),
        ] {
            page.resize(width, height, scheme).await?;
            // The page is laid out again with the next frame, not when its size is set.
            let fits = format!("return innerWidth === {width} && document.documentElement.scrollWidth <= innerWidth");
            page.until(&format!("{name} is not too wide"), &fits).await?;
            grounds.push(page.script("return getComputedStyle(document.body).backgroundColor", vec![]).await?);
            let file = directory.join(format!("{name}.png"));
            page.driver.screenshot(&file).await?;
            let picture = fs::read(&file)?;
            assert!(picture.starts_with(b"\x89PNG") && picture.len() > 10_000, "{}", file.display());
        }
        assert!(grounds[0] == grounds[2] && grounds[1] == grounds[3] && grounds[0] != grounds[1], "{grounds:?}");
        Ok(())
    })
    .await
}
