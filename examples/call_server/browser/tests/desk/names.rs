//! What a screen reader gets: every control has a name, and no two controls of one role share a name.

use std::collections::HashSet;

use call_server_browser::{Complaints, Page, Result, visit};
use serde_json::{Value, json};
use thirtyfour::Key;

const CONTROLS: [&str; 11] = [
    "button",
    "combobox",
    "link",
    "meter",
    "radio",
    "radiogroup",
    "searchbox",
    "slider",
    "spinbutton",
    "switch",
    "textbox",
];

#[tokio::test]
async fn every_control_of_the_desk_has_a_name_of_its_own() -> Result<()> {
    visit(&[], Complaints::Forbidden, async |page| {
        page.open().await?;
        let controls = controls(page).await?;
        let kinds: HashSet<_> = controls.iter().map(|(role, _)| role.as_str()).collect();
        for kind in ["button", "meter", "radio", "radiogroup", "searchbox", "slider", "spinbutton", "switch"] {
            assert!(kinds.contains(kind), "no {kind} among {controls:?}");
        }
        check(&controls);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn every_control_of_the_form_for_the_token_has_a_name() -> Result<()> {
    visit(&[], Complaints::Provoked, async |page| {
        page.driver.goto(&page.server.address).await?;
        page.until("the form is there", "return !document.querySelector('#login').hidden").await?;
        let controls = controls(page).await?;
        assert!(controls.iter().any(|(role, name)| role == "textbox" && name == "Token"), "{controls:?}");
        check(&controls);
        Ok(())
    })
    .await
}

/// The state changes ten times a second: a screen reader must not read that out.
#[tokio::test]
async fn a_screen_reader_gets_no_updates_while_nothing_is_done() -> Result<()> {
    visit(&[], Complaints::Forbidden, async |page| {
        page.open().await?;
        page.completes(async || Ok(page.find("#strips input[type=range]").await?.send_keys(Key::Left).await?)).await?;
        let watch = "const done = arguments[0];
            const roles = '[role=status], [role=alert], [role=log], [role=timer]';
            const live = document.querySelectorAll(`output, [aria-live], ${roles}`);
            let changes = 0;
            const observer = new MutationObserver((records) => (changes += records.length));
            const everything = { childList: true, characterData: true, subtree: true };
            for (const region of live) observer.observe(region, everything);
            setTimeout(() => done([live.length > 0, changes]), 3000);";
        let seen = page.driver.execute_async(watch, vec![]).await?;
        assert_eq!(seen.json(), &json!([true, 0]));
        Ok(())
    })
    .await
}

fn check(controls: &[(String, String)]) {
    let mut seen = HashSet::new();
    for control in controls {
        assert!(!control.1.trim().is_empty(), "a {} has no name; all: {controls:?}", control.0);
        assert!(seen.insert(control), "there are two of {control:?}");
    }
}

/// Roles and names from the browser's accessibility tree.
async fn controls(page: &Page) -> Result<Vec<(String, String)>> {
    let tree = page.driver.cdp().send_raw("Accessibility.getFullAXTree", json!({})).await?;
    let nodes = tree["nodes"].as_array().ok_or("no accessibility tree")?;
    let text = |value: &Value| value["value"].as_str().unwrap_or_default().to_owned();
    let shown = nodes.iter().filter(|node| node["ignored"] != json!(true));
    let named = shown.map(|node| (text(&node["role"]), text(&node["name"])));
    Ok(named.filter(|(role, _)| CONTROLS.contains(&role.as_str())).collect())
}
