mod grid;

fn main() {
    let rows: Vec<String> = std::env::args().skip(1).collect();
    let grid = grid::Grid::new(&rows);
    println!("{}", grid.lonely());
}
