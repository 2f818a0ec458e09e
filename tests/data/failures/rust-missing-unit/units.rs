const FACTORS: [(char, u64); 3] = [('s', 1), ('m', 60), ('h', 3600)];

/// Return the seconds of a duration such as "15m"; units are s, m, h and d.
pub fn seconds(text: &str) -> u64 {
    let (number, unit) = text.split_at(text.len() - 1);
    let unit = unit.chars().next().unwrap();
    let number: u64 = number.parse().unwrap();
    let factor = FACTORS.iter().find(|(name, _)| *name == unit).unwrap().1;
    number * factor
}
