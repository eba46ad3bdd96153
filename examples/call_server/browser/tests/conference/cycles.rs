//! Coming and going again and again.

use call_server_browser::{Result, Usage};
use serde_json::json;

use crate::rig::{Conference, check};

const WARM_UP: u32 = 5;
const CYCLES: u32 = 30;
/// What the server may have more after 30 cycles than before: connections of HTTP that are kept, threads of the runtime
/// that wait for work, and for each cycle half of what the port of one person takes: a leak of one port shows.
const DESCRIPTORS: usize = 4;
const THREADS: usize = 4;
const MEMORY_KIB: usize = 4096 + 30 * 64;

/// Joins and leaves by the buttons of the desk.
const CYCLE: &str = r"
    const [cycles, done] = arguments;
    const me = document.querySelector('#me');
    let left = cycles;
    const act = () => {
        const { stage } = me.dataset;
        if (stage === 'in') document.querySelector('#leave').click();
        if (stage === 'out' && left === 0) return observer.disconnect(), done(true);
        if (stage === 'out') { left -= 1; document.querySelector('#join').click(); }
        if (stage === 'refused') return observer.disconnect(), done(me.innerText);
        if (stage === 'out' && me.querySelector('#me-error').textContent !== '') done(me.innerText);
    };
    const observer = new MutationObserver(() => setTimeout(act));
    observer.observe(me, { attributeFilter: ['data-stage'] });
    act();
";

/// After 30 times the server has what it had.
pub async fn joining_and_leaving_leaks_nothing(conference: &Conference) -> Result<()> {
    let person = &conference.anna;
    person.leave().await?;
    let run = async |cycles: u32| -> Result<Usage> {
        let done = person.tab.driver.execute_async(CYCLE, vec![json!(cycles)]).await?;
        check(done.json() == &json!(true), || format!("it ends with {}", done.json()))?;
        Usage::of(conference.server.pid()?)
    };
    let before = run(WARM_UP).await?;
    let after = run(CYCLES).await?;
    println!("         before {before:?}, after {after:?}");
    let is_bounded = after.descriptors <= before.descriptors + DESCRIPTORS
        && after.threads <= before.threads + THREADS
        && after.memory_kib <= before.memory_kib + MEMORY_KIB;
    check(is_bounded, || format!("before {before:?}, after {after:?}"))?;
    person.join().await
}
