//! The results as tables, for a terminal and for a page, and as JSON.

use serde_json::{Value, json};

use super::{
    cost::Cost,
    options::Talking,
    scenario::{Encoders, Others, Scenario},
    step::Step,
};
use crate::report::{table, units};

/// The columns before the steps.
const ROOM: [&str; 8] = ["people", "talk", "the others", "heard", "tick", "codec", "an encoder\nfor each", "encoders"];
/// The columns behind them.
const RESULT: [&str; 5] = ["sum", "least to\ngreatest", "people to\na core", "goal", "met"];

/// How many columns there are.
const COLUMNS: usize = ROOM.len() + Step::ALL.len() + RESULT.len();

/// The columns of the table.
fn head() -> [&'static str; COLUMNS] {
    let steps = Step::ALL.map(Step::name);
    let mut all = ROOM.iter().chain(&steps).chain(&RESULT);
    std::array::from_fn(|_| *all.next().unwrap_or(&""))
}

/// The columns that are figures.
fn is_figure(column: usize) -> bool {
    column == 0 || (ROOM.len() - 1..COLUMNS - 2).contains(&column)
}

/// The cells of a line.
fn cells(cost: &Cost) -> Vec<String> {
    let Scenario { people, talking, others, levels, loudest, encoders, tick_ms, codec } = cost.scenario;
    let talking = match talking {
        Talking::Some(count) => count.to_string(),
        Talking::All => "all".into(),
    };
    let others = match (cost.scenario.talking, others, levels) {
        (Talking::All, _, false) => "",
        (Talking::All, _, true) => "(with levels)",
        (_, Others::Nothing, _) => "send nothing",
        (_, Others::Noise, false) => "open microphones",
        (_, Others::Noise, true) => "open, with levels",
    };
    let heard = loudest.map_or("all".into(), |count| format!("{count} loudest"));
    let goal = cost.goal();
    let mut cells = vec![units::count(people), talking, others.into(), heard, format!("{tick_ms} ms")];
    cells.push(codec.name().into());
    cells.push(of_each(encoders).into());
    cells.push(units::figure(cost.encoders));
    cells.extend(Step::ALL.map(|step| tenths(cost.steps[step])));
    cells.push(tenths(cost.sum_us()));
    cells.push(cost.spread_us.map(tenths).join(" to "));
    cells.push(units::count(cost.to_a_core() as usize));
    cells.push(goal.as_ref().map(|goal| goal.text.clone()).unwrap_or_default());
    cells.push(goal.map(|goal| format!("{}: {}", if goal.met { "yes" } else { "NO" }, goal.found)).unwrap_or_default());
    cells
}

fn of_each(encoders: Encoders) -> &'static str {
    match encoders {
        Encoders::Listener => "listener",
        Encoders::Mix => "mix",
    }
}

fn tenths(us: f64) -> String {
    if us < 0.095 { format!("{us:.2}") } else { format!("{us:.1}") }
}

/// What the columns are.
pub fn legend() -> &'static str {
    "In µs of processor time for each participant and 20 ms, on one core. in: a packet is received (UDP on the \
loopback), its RTP header read, and pushed into its port. decode: `Decoders::pass`. ports: what was decoded is played \
into the tick, and who hears whom is found out. mix: the mixes, with limiters. relay: they are copied for the thread \
that encodes. encode: `EncodeGroups::pass`, Opus at 48 kHz, mono, 32 kbit/s, complexity 5. out: an RTP header \
and a send for each listener. People to a core: 20,000 µs by the sum, with nothing left over."
}

/// The table for a terminal.
pub fn text(costs: &[Cost]) -> String {
    let figures: Vec<_> = (0..COLUMNS).filter(|column| is_figure(*column)).collect();
    let mut table = table::of(&head(), &figures);
    for cost in costs {
        table.add_row(cells(cost));
    }
    format!("{table}\n\n{}", legend())
}

/// The table for a page; with the goals and the spread, or without.
pub fn markdown<'a>(costs: impl IntoIterator<Item = &'a Cost>, whole: bool) -> String {
    let left_out = |column: usize| !whole && (column == COLUMNS - 4 || column >= COLUMNS - 2);
    let row = |cells: Vec<String>| {
        let shown = cells.into_iter().enumerate().filter(|(column, _)| !left_out(*column));
        format!("| {} |\n", shown.map(|(_, cell)| cell).collect::<Vec<_>>().join(" | "))
    };
    let mut rows = row(head().map(|name| name.replace('\n', " ")).to_vec());
    rows += &row((0..COLUMNS).map(|column| if is_figure(column) { "---:" } else { "---" }.into()).collect());
    rows.extend(costs.into_iter().map(|cost| row(cells(cost))));
    rows
}

/// An object a line.
pub fn json(costs: &[Cost]) -> String {
    costs.iter().map(|cost| format!("{}\n", object(cost))).collect()
}

fn object(cost: &Cost) -> Value {
    let Scenario { people, talking, others, levels, loudest, encoders, tick_ms, codec } = cost.scenario;
    let talking = match talking {
        Talking::Some(count) => count,
        Talking::All => people,
    };
    let steps: serde_json::Map<_, _> =
        Step::ALL.iter().map(|step| (step.name().to_owned(), json!(cost.steps[*step]))).collect();
    let goal = cost.goal().map(|goal| json!({"goal": goal.text, "found": goal.found, "met": goal.met}));
    json!({"people": people, "talking": talking, "othersSend": others == Others::Noise, "levels": levels,
        "loudest": loudest, "encoderForEach": of_each(encoders), "tickMs": tick_ms, "codec": codec.name(),
        "encoders": cost.encoders, "us": steps, "sumUs": cost.sum_us(), "leastUs": cost.spread_us[0],
        "greatestUs": cost.spread_us[1], "toACore": cost.to_a_core(), "goal": goal})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::participants::cost::example;

    #[test]
    fn a_line_has_a_cell_for_each_column() {
        let costs = example::costs();
        let expected = [
            "100",
            "3",
            "open microphones",
            "3 loudest",
            "10 ms",
            "opus-rs",
            "mix",
            "4.00",
            "1.0",
            "2.0",
            "3.0",
            "4.0",
            "5.0",
            "6.0",
            "7.0",
            "28.0",
            "27.0 to 30.0",
            "714",
            "≤ 60 µs",
            "yes: 28.0 µs",
        ];
        assert_eq!(cells(&costs[0]), expected);
        assert_eq!(cells(&costs[1]).len(), COLUMNS);
    }

    #[test]
    fn a_page_has_all_columns_or_those_without_goals() {
        let columns = |whole| {
            let table = markdown(&example::costs(), whole);
            let columns: Vec<_> = table.lines().map(|row| row.matches('|').count() - 1).collect();
            assert_eq!(columns, [columns[0]; 4], "{table}");
            columns[0]
        };
        assert_eq!((columns(true), columns(false)), (COLUMNS, COLUMNS - 3));
    }

    #[test]
    fn each_object_has_its_steps_and_their_sum() {
        let json = json(&example::costs());
        let objects: Vec<Value> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!((&objects[0]["us"]["mix"], &objects[0]["sumUs"]), (&json!(4.0), &json!(28.0)));
        assert_eq!((&objects[1]["talking"], &objects[1]["goal"]["met"]), (&json!(100), &json!(false)));
    }
}
