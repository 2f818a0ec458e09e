class Invoice:
    def __init__(self, lines):
        self.lines = lines

    def total(self)  <<syntax>>
        return sum(line.price * line.count for line in self.lines)
