mod budget;

fn main() {
    let numbers: Vec<u32> = std::env::args().skip(1).map(|argument| argument.parse().unwrap()).collect();
    for line in budget::report(numbers[0], &numbers[1..]) {
        println!("{line}");
    }
}
