//! The output.

use crate::contest::{Contest, Way};
use crate::measure::Costs;
use crate::numbers::{median, short};

/// Prints what each of our ways costs, and beside it what each of theirs does.
pub(crate) fn print(
    title: &str,
    unit: &str,
    contests: &[Contest],
    measure: impl Fn(&Contest) -> Costs,
) {
    println!("\n{title}: {unit}");
    print!("{:36}{:16}{:>8}", "", "ours", "");
    contests[0].theirs.iter().for_each(|way| print!("{:>18}", way.name));
    println!();
    for contest in contests {
        print_contest(contest, &measure(contest));
    }
}

fn print_contest(contest: &Contest, costs: &Costs) {
    let (ours, theirs) = costs.split_at(contest.ours.len());
    let mut name = contest.name;
    for (way, cost) in contest.ours.iter().zip(ours) {
        print!("{name:36}{:16}{:>8}", way.name, short(median(cost.iter().copied())));
        for (their_way, their_cost) in contest.theirs.iter().zip(theirs) {
            print!("{:>18}", cell(way, cost, their_way, their_cost));
        }
        println!();
        name = "";
    }
}

/// Their cost, and in brackets the ratio of ours to it. To flush each event and to flush a batch are
/// two services: only a batch is compared with a batch.
fn cell(way: &Way, cost: &[f64], their_way: &Way, their_cost: &[f64]) -> String {
    if way.batch < their_way.batch {
        return "-".to_owned();
    }
    let ratio = median(cost.iter().zip(their_cost).map(|(ours, theirs)| ours / theirs));
    format!("{} ({ratio:.2})", short(median(their_cost.iter().copied())))
}

/// Prints the code that the names of the ways stand for.
pub(crate) fn print_code(contest: &Contest) {
    for way in contest.ways() {
        println!("  {:16}{}", way.name, way.each);
    }
}
