//! The table.

/// What was measured of one contender.
pub(super) struct Row {
    name: String,
    ready: f64,
    /// Tokens a second in each round.
    pub(super) bulk: Vec<f64>,
    /// Seconds for a text of 200 tokens, of 10.
    pub(super) long: Vec<f64>,
    pub(super) short: Vec<f64>,
    /// Peak memory in MB.
    pub(super) memory: f64,
    pub(super) vectors: Vec<Vec<f32>>,
}

impl Row {
    pub(super) fn new(name: &str, ready: f64) -> Self {
        Self {
            name: name.to_owned(),
            ready,
            bulk: Vec::new(),
            long: Vec::new(),
            short: Vec::new(),
            memory: 0.0,
            vectors: Vec::new(),
        }
    }
}

fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Prints medians, and ratios within a round (the machine drifts, and the rounds alternate).
pub(super) fn print(rows: &[Row]) {
    println!("\n| | tokens/s | 200 tokens, ms | 10 tokens, ms | peak MB | ready, s | cosine min |");
    println!("|---|---|---|---|---|---|---|");
    let reference = rows.iter().find(|row| row.name == "st-f32").or(rows.first());
    for row in rows {
        let cosine = reference.map_or(f64::NAN, |to| least_cosine(&row.vectors, &to.vectors));
        println!(
            "| {} | {:.0} | {:.1} | {:.1} | {:.0} | {:.2} | {cosine:.6} |",
            row.name,
            median(&row.bulk),
            1e3 * median(&row.long),
            1e3 * median(&row.short),
            row.memory,
            row.ready,
        );
    }
    println!("\nTokens/s of the row over those of the column, median of the rounds' ratios:\n");
    let names: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    println!("| | {} |", names.join(" | "));
    println!("|---{}|", "|---".repeat(rows.len()));
    for row in rows {
        let ratio = |other: &Row| {
            let ratios: Vec<f64> = row.bulk.iter().zip(&other.bulk).map(|(a, b)| a / b).collect();
            format!("{:.2}", median(&ratios))
        };
        println!("| {} | {} |", row.name, rows.iter().map(ratio).collect::<Vec<_>>().join(" | "));
    }
}

fn least_cosine(left: &[Vec<f32>], right: &[Vec<f32>]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| -> f64 {
        a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
    };
    let cosine = |(a, b): (&Vec<f32>, &Vec<f32>)| dot(a, b) / (dot(a, a) * dot(b, b)).sqrt();
    left.iter().zip(right).map(cosine).fold(1.0, f64::min)
}
