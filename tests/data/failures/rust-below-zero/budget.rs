/// Return for each expense what is left of the budget, or how much it is overdrawn by then.
pub fn report(budget: u32, expenses: &[u32]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut spent = 0;
    for expense in expenses {
        spent += expense;
        lines.push(describe(budget, spent));
    }
    lines
}

fn describe(budget: u32, spent: u32) -> String {
    let left = budget - spent;
    if left > 0 {
        return format!("{left} left");
    }
    format!("{} over", spent - budget)
}
