mod units;

fn main() {
    let mut total = 0;
    for argument in std::env::args().skip(1) {
        total += units::seconds(&argument);
    }
    println!("{total}");
}
