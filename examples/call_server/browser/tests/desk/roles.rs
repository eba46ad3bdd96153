//! Roles: who has which, which hear which, and joining with one.

use call_server_browser::{Complaints, Page, Result, visit};
use serde_json::json;

const OPTIONS: [&str; 12] = [
    "--listener",
    "anna",
    "--listener",
    "ben",
    "--role",
    "anna=agent",
    "--role",
    "ben=customer",
    "--hears",
    "agent=customer",
    "--hears",
    "coach=agent",
];

#[tokio::test]
async fn roles_are_shown_and_one_can_join_with_one() -> Result<()> {
    visit(&OPTIONS, Complaints::Forbidden, async |page| {
        page.open().await?;
        let table = "return [...document.querySelectorAll('#roles tr')].map((row) =>
            [...row.cells].map((cell) => cell.textContent.replace(/[\\u2068\\u2069]/g, '')).join(': '))";
        let rows = page.until("there is a table", table).await?;
        assert_eq!(rows, json!(["agent: customer: anna", "coach: agent: nobody", "customer: nobody: ben"]));
        has_role(page, "anna", "agent").await?;
        has_role(page, "speaker", "").await?;
        page.choose("anna").await?;
        let why = "return document.querySelector('.strip .route')?.textContent";
        assert_eq!(page.until("a source is shown", why).await?, "no route: it has no role");
        let join = "document.querySelector('#me-name').value = 'cleo';
            document.querySelector('#me-role').value = 'coach';
            document.querySelector('#join').click()";
        page.script(join, vec![]).await?;
        page.until("there is no microphone", "return !document.querySelector('#join-silent').hidden").await?;
        page.click("#join-silent").await?;
        page.until("it is in", "return document.querySelector('#me').dataset.stage === 'in'").await?;
        has_role(page, "cleo", "coach").await
    })
    .await
}

/// Waits until the row of a participant shows its role; an empty one is not shown.
async fn has_role(page: &Page, id: &str, role: &str) -> Result<()> {
    let is = format!(
        "const row = [...document.querySelectorAll('.person')].find((row) => row.querySelector('.name').textContent === '{id}');
        const role = row?.querySelector('.role');
        return role?.textContent === '{role}' && role.hidden === {}",
        role.is_empty()
    );
    page.until(&format!("{id} has the role {role:?}"), &is).await.map(drop)
}
