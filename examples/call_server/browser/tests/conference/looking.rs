//! How the desk looks to somebody in the call.

use std::{env, fs, path::PathBuf};

use call_server_browser::Result;

use crate::rig::Conference;

/// It fits on a telephone and on a wide screen. The pictures are for people.
pub async fn it_fits_while_one_is_in_the_call(conference: &Conference) -> Result<()> {
    let directory = env::var_os("DESK_PICTURES").unwrap_or_else(|| env!("CARGO_TARGET_TMPDIR").into());
    let directory = PathBuf::from(directory);
    fs::create_dir_all(&directory)?;
    let tab = &conference.anna.tab;
    for (name, width, height, scheme) in [("in-narrow-dark", 360, 2600, "dark"), ("in-wide-light", 1400, 1000, "light")]
    {
        tab.resize(width, height, scheme).await?;
        let fits = format!("return innerWidth === {width} && document.documentElement.scrollWidth <= innerWidth");
        tab.until(&format!("{name} is not too wide"), &fits).await?;
        tab.driver.screenshot(&directory.join(format!("{name}.png"))).await?;
    }
    Ok(())
}
