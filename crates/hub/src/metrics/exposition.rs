//! Formats the status report in the text format of Prometheus.

use serde_json::Value;

/// The present numbers; all others only grow.
const GAUGES: [&str; 17] = [
    "uptime",
    "streams",
    "workers",
    "waiting",
    "topics",
    "limits",
    "backlog_events",
    "backlog_bytes",
    "queues_bytes",
    "compression_streams_zstd",
    "compression_streams_br",
    "compression_streams_gzip",
    "compression_streams_deflate",
    "compression_encoders",
    "compression_memory",
    "memory",
    "running",
];

/// Formats one `sse_hub_...` metric for each number of the report.
pub(crate) fn text(report: &Value) -> String {
    let mut lines = Vec::new();
    add("", report, &mut lines);
    lines.concat()
}

fn add(name: &str, value: &Value, lines: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            // In an order of their own: what else is built decides whether serde_json sorts them.
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(field, _)| *field);
            for (field, value) in fields {
                let field = snake_case(field);
                let name = if name.is_empty() { field } else { format!("{name}_{field}") };
                add(&name, value, lines);
            }
        }
        Value::Number(number) if name != "pid" => lines.push(metric(name, &number.to_string())),
        Value::Bool(yes) => lines.push(metric(name, if *yes { "1" } else { "0" })),
        _ => {}
    }
}

fn metric(name: &str, value: &str) -> String {
    let is_gauge = GAUGES.contains(&name) || name.ends_with("connected");
    let (kind, total) = if is_gauge { ("gauge", "") } else { ("counter", "_total") };
    format!("# TYPE sse_hub_{name}{total} {kind}\nsse_hub_{name}{total} {value}\n")
}

/// `droppedSlow` as `dropped_slow`.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for character in name.chars() {
        if character.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(character.to_ascii_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_number_is_a_metric_with_its_kind() {
        let report = json!({ "streams": 3, "pid": 7, "droppedSlow": 1, "backlog": { "bytes": 9 } });
        let expected = "# TYPE sse_hub_backlog_bytes gauge\nsse_hub_backlog_bytes 9\n\
                        # TYPE sse_hub_dropped_slow_total counter\nsse_hub_dropped_slow_total 1\n\
                        # TYPE sse_hub_streams gauge\nsse_hub_streams 3\n";
        assert_eq!(text(&report), expected);
    }
}
