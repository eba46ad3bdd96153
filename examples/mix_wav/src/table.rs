//! The report for people: tables on standard output.

use std::fmt::Write as _;

use comfy_table::{CellAlignment, LineStyle, Table, presets};

use crate::{
    meter::one_decimal,
    outputs::Places,
    report::{ListenerReport, Report, SourceReport, TickTime},
};

/// The whole report as text.
pub fn text(report: &Report, places: &Places) -> String {
    let mut text = format!(
        "{:.2} s at {} Hz in ticks of {} ms ({} samples)\n\n{}\n\n{}\n\n{}{}\n",
        report.seconds,
        report.rate,
        report.tick_ms,
        report.tick_samples,
        listeners(&report.listeners),
        sources(&report.sources, report.seconds),
        ports(&report.sources),
        tick_time(&report.tick_time, report.tick_ms),
    );
    // Writing into a String cannot fail.
    for event in report.events.iter().filter(|event| event.sample.is_none()) {
        let _ = write!(
            text,
            "\nThe script's [{}] (atMs {}) comes after the end and did nothing.",
            event.index, event.at_ms
        );
    }
    let _ = write!(text, "\nWhat each participant hears: {}", places.directory.join("*.wav").display());
    if let Some(stems) = &report.stems {
        let _ = write!(text, "\nWhat each participant said, and when: {stems}");
    }
    if let Some(plot) = &report.plot {
        let _ = write!(text, "\nThe picture, with the gains in {}'s mix: {}", plot.listener, plot.file);
    }
    text
}

fn listeners(listeners: &[ListenerReport]) -> Table {
    let mut table = table(["what they hear", "peak dBFS", "RMS dBFS", "limiter dB"]);
    for listener in listeners {
        table.add_row([
            listener.participant.clone(),
            level(listener.peak_dbfs),
            level(listener.rms_dbfs),
            level(Some(listener.limiter_reduction_db)),
        ]);
    }
    table
}

fn sources(sources: &[SourceReport], seconds: f64) -> Table {
    let faulty = sources.iter().any(|source| source.not_finite > 0);
    let mut head = vec!["what they send", "active s", "of the call"];
    head.extend(faulty.then_some("frames NaN, infinite or past ±1e6"));
    let mut table = table(head);
    for source in sources {
        let share = 100.0 * source.active_seconds / seconds;
        let mut row =
            vec![source.participant.clone(), format!("{:.2}", source.active_seconds), format!("{share:.0} %")];
        row.extend(faulty.then(|| source.not_finite.to_string()));
        table.add_row(row);
    }
    table
}

/// The table of the sources' input ports, followed by an empty line; empty if no source has a port.
fn ports(sources: &[SourceReport]) -> String {
    if sources.iter().all(|source| source.port.is_none()) {
        return String::new();
    }
    let mut table = table([
        "through a port",
        "packets",
        "of",
        "lost samples",
        "late",
        "reordered",
        "concealed",
        "stretched",
        "shortened",
        "wait ms",
        "target ms",
        "conversion ms",
        "drift ppm",
    ]);
    for (source, port) in sources.iter().filter_map(|source| Some((source, source.port.as_ref()?))) {
        table.add_row([
            source.participant.clone(),
            port.received_packets.to_string(),
            port.sent_packets.to_string(),
            port.lost_samples.to_string(),
            port.late.to_string(),
            port.reordered.to_string(),
            port.concealed_samples.to_string(),
            port.stretched_samples.to_string(),
            port.shortened_samples.to_string(),
            one_decimal(port.wait_ms),
            one_decimal(port.target_ms),
            one_decimal(port.conversion_ms),
            one_decimal(port.drift_ppm),
        ]);
    }
    format!("{table}\n\n")
}

fn tick_time(time: &TickTime, tick_ms: f64) -> Table {
    let mut table = table(["time of a tick", "p50 µs", "p99 µs", "max µs", "of real time"]);
    table.add_row([
        format!("{} ticks of {tick_ms} ms", time.ticks),
        format!("{:.1}", time.p50_us),
        format!("{:.1}", time.p99_us),
        format!("{:.1}", time.max_us),
        format!("{:.2} %", 100.0 * time.share_of_real_time),
    ]);
    table
}

/// A table with words in its first column and numbers in the others.
fn table<'a>(head: impl IntoIterator<Item = &'a str>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none()));
    table.set_header(head.into_iter().map(str::to_owned).collect::<Vec<_>>());
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn level(decibels: Option<f64>) -> String {
    match decibels {
        Some(decibels) => one_decimal(decibels),
        None => "silence".to_owned(),
    }
}
