//! Figures for people: three significant digits and a unit.

/// A figure with three digits, or more if it is larger: 0.0123, 1.23, 123, 1,234.
pub fn figure(value: f64) -> String {
    if !value.is_finite() {
        return "unknown".to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    let digits = (2 - value.abs().log10().floor() as i32).clamp(0, 6);
    let text = format!("{value:.*}", digits as usize);
    // The text decides, not the value: 999.9 becomes 1,000.
    if text.contains('.') { text } else { grouped(&text) }
}

/// A time in the unit that suits it. A figure that is whole has no decimals.
pub fn time(seconds: f64) -> String {
    let (factor, unit) = match seconds.abs() {
        under if under < 1e-6 => (1e9, "ns"),
        under if under < 1e-3 => (1e6, "µs"),
        under if under < 1.0 => (1e3, "ms"),
        _ => (1.0, "s"),
    };
    format!("{} {unit}", plain(seconds * factor))
}

/// A share as a percentage: two digits, or whole ones.
pub fn percent(share: f64) -> String {
    let value = share * 100.0;
    if !value.is_finite() {
        return "unknown".to_owned();
    }
    let digits = if value == 0.0 { 0 } else { (1 - value.abs().log10().floor() as i32).clamp(0, 3) };
    format!("{value:.*} %", digits as usize)
}

/// A number of participants.
pub fn count(value: usize) -> String {
    grouped(&value.to_string())
}

fn plain(value: f64) -> String {
    let text = figure(value);
    let whole = (value - value.round()).abs() < 1e-9 && value.abs() < 1000.0;
    if whole { format!("{value:.0}") } else { text }
}

/// With a comma between thousands.
fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        let left = digits.len() - place;
        if place > 0 && left.is_multiple_of(3) && digit.is_ascii_digit() {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_three_digits() {
        let figures = [0.0, 0.000_012_3, 0.012_34, 0.999, 1.0, 12.345, 123.4, 999.9, 1_234_567.0];
        let texts = ["0", "0.000012", "0.0123", "0.999", "1.00", "12.3", "123", "1,000", "1,234,567"];
        assert_eq!(figures.map(figure), texts);
        assert_eq!(figure(f64::NAN), "unknown");
    }

    #[test]
    fn times_have_their_unit() {
        let times = [0.5e-9, 20e-6, 3.14159e-6, 0.000_999, 0.010, 1.0];
        assert_eq!(times.map(time), ["0.500 ns", "20 µs", "3.14 µs", "999 µs", "10 ms", "1 s"]);
    }

    #[test]
    fn shares_are_percentages() {
        let shares = [0.0, 0.000_312, 0.0351, 0.8, 0.967, 1.234, 12.0];
        assert_eq!(shares.map(percent), ["0 %", "0.031 %", "3.5 %", "80 %", "97 %", "123 %", "1200 %"]);
        assert_eq!(percent(f64::INFINITY), "unknown");
    }

    #[test]
    fn thousands_are_grouped() {
        assert_eq!([0, 100, 1000, 10_000, 1_234_567].map(count), ["0", "100", "1,000", "10,000", "1,234,567"]);
    }
}
