pub struct Grid {
    cells: Vec<Vec<bool>>,
}

impl Grid {
    /// Read rows in which # is a tree.
    pub fn new(rows: &[String]) -> Self {
        Grid { cells: rows.iter().map(|row| row.chars().map(|sign| sign == '#').collect()).collect() }
    }

    /// Return how many trees have no tree beside, above or below them.
    pub fn lonely(&self) -> usize {
        let mut count = 0;
        for (y, row) in self.cells.iter().enumerate() {
            for (x, &is_tree) in row.iter().enumerate() {
                if is_tree && self.neighbours(x as i64, y as i64) == 0 {
                    count += 1;
                }
            }
        }
        count
    }

    fn neighbours(&self, x: i64, y: i64) -> usize {
        [(x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)].iter().filter(|&&(x, y)| self.has_tree(x, y)).count()
    }

    fn has_tree(&self, x: i64, y: i64) -> bool {
        y >= 0 && x >= 0 && self.cells[y as usize][x as usize]
    }
}
