//! Chooses a coding by the field `Accept-Encoding` of a request (RFC 9110, 12.5.3).

use crate::coding::Coding;

/// More of the field than this many bytes is not read: a client that needs more has something else in mind.
const LONGEST: usize = 4096;

/// Chooses among the codings that are offered, in order of preference, which decides among those that the client
/// gives equal weight. `None` is no coding (`identity`), also where the client likes that better, or refuses all: a
/// stream without a coding is better than none.
#[must_use]
pub fn choose(accept_encoding: Option<&str>, offered: &[Coding]) -> Option<Coding> {
    let field = accept_encoding?;
    let weights = Weights::parse(beginning(field));
    let best = offered.iter().map(|coding| weights.of(*coding)).max()?;
    let is_worth_it = best > 0 && best >= weights.identity.unwrap_or(0);
    let mut offered = offered.iter().copied();
    offered.find(|coding| is_worth_it && weights.of(*coding) == best)
}

/// As much of a field as is read.
fn beginning(field: &str) -> &str {
    let end = (0..=LONGEST.min(field.len())).rev().find(|end| field.is_char_boundary(*end));
    &field[..end.unwrap_or(0)]
}

/// The weights that a field gives, in thousandths.
#[derive(Default)]
struct Weights {
    codings: [Option<u16>; 4],
    identity: Option<u16>,
    others: Option<u16>,
}

impl Weights {
    fn parse(field: &str) -> Self {
        let mut weights = Self::default();
        for member in field.split(',') {
            let (name, parameters) = member.split_once(';').unwrap_or((member, ""));
            let (name, weight) = (name.trim(), weight(parameters));
            let place = match Coding::from_token(name) {
                Some(coding) => &mut weights.codings[coding.index()],
                None if name == "*" => &mut weights.others,
                None if name.eq_ignore_ascii_case("identity") => &mut weights.identity,
                None => continue,
            };
            // A name that is there twice counts as the client likes it least.
            *place = Some(place.map_or(weight, |before| before.min(weight)));
        }
        weights
    }

    fn of(&self, coding: Coding) -> u16 {
        self.codings[coding.index()].or(self.others).unwrap_or(0)
    }
}

/// The weight among the parameters of a member (RFC 9110, 12.4.2), in thousandths. One that is none refuses the
/// coding: the client cannot mean to ask for it.
fn weight(parameters: &str) -> u16 {
    let weight = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then_some(value.trim())
    });
    weight.map_or(1000, |value| thousandths(value).unwrap_or(0))
}

fn thousandths(value: &str) -> Option<u16> {
    let (whole, decimals) = value.split_once('.').unwrap_or((value, ""));
    let is_decimal = decimals.len() <= 3 && decimals.bytes().all(|byte| byte.is_ascii_digit());
    let decimals: u16 = is_decimal.then(|| format!("{decimals:0<3}").parse().ok())??;
    match (whole, decimals) {
        ("0", decimals) => Some(decimals),
        ("1", 0) => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Coding::{Brotli, Deflate, Gzip, Zstd};

    fn chosen(field: &str) -> Option<Coding> {
        choose(Some(field), &[Brotli, Zstd, Gzip, Deflate])
    }

    #[test]
    fn the_server_chooses_among_what_the_client_likes_equally() {
        assert_eq!(chosen("gzip, deflate, br, zstd"), Some(Brotli));
        assert_eq!(choose(Some("gzip, deflate, br, zstd"), &[Zstd, Brotli]), Some(Zstd));
        assert_eq!(chosen("gzip, deflate"), Some(Gzip));
        assert_eq!(chosen("DEFLATE"), Some(Deflate));
        assert_eq!(chosen("x-gzip"), Some(Gzip));
        assert_eq!(choose(Some("br"), &[Gzip]), None);
        assert_eq!(choose(Some("br"), &[]), None);
    }

    #[test]
    fn weights_decide_before_the_server_does() {
        assert_eq!(chosen("br;q=0.5, gzip;q=0.8"), Some(Gzip));
        assert_eq!(chosen("br;q=0.5,gzip; Q=0.501 ,zstd;q=0.500"), Some(Gzip));
        assert_eq!(chosen("br;q=0, gzip"), Some(Gzip));
        assert_eq!(chosen("br;q=1.000, gzip;q=1"), Some(Brotli));
        assert_eq!(chosen("br, gzip, br;q=0"), Some(Gzip));
    }

    #[test]
    fn a_wildcard_stands_for_what_is_not_named() {
        assert_eq!(chosen("*"), Some(Brotli));
        assert_eq!(chosen("br;q=0, *"), Some(Zstd));
        assert_eq!(chosen("*;q=0, gzip;q=0.1"), Some(Gzip));
        assert_eq!(chosen("*;q=0"), None);
    }

    #[test]
    fn identity_wins_where_the_client_likes_it_better() {
        assert_eq!(chosen("identity, gzip;q=0.5"), None);
        assert_eq!(chosen("identity;q=0.5, gzip;q=0.5"), Some(Gzip));
        assert_eq!(chosen("identity;q=0, gzip;q=0.001"), Some(Gzip));
        assert_eq!(chosen("identity"), None);
        // Nothing that we have is good enough for it; it gets the stream all the same.
        assert_eq!(chosen("identity;q=0, compress"), None);
    }

    #[test]
    fn who_says_nothing_gets_no_coding() {
        assert_eq!(choose(None, &Coding::ALL), None);
        for field in ["", " ", ",", ";q=1", "gzipp", "gzip/br"] {
            assert_eq!(chosen(field), None, "{field:?}");
        }
    }

    #[test]
    fn a_weight_that_is_none_refuses_the_coding() {
        for weight in ["", "x", "-1", "2", "1.001", "0.0001", "1.0000", ".5", "0.5 5", "+1", "1e0"]
        {
            assert_eq!(chosen(&format!("gzip;q={weight}")), None, "{weight}");
        }
        assert_eq!(chosen("gzip;level=9;q=0.5"), Some(Gzip));
    }

    #[test]
    fn a_field_without_an_end_is_not_read_to_its_end() {
        let endless = "x,".repeat(100_000);
        assert_eq!(chosen(&format!("gzip,{endless}")), Some(Gzip));
        assert_eq!(chosen(&format!("{endless}gzip")), None);
        // Also where the limit is inside a character.
        assert_eq!(chosen(&format!("gzip,x{}", "é".repeat(100_000))), Some(Gzip));
    }
}
