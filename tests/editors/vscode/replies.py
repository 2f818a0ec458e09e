"""What the fake of the model's server says of the shop."""

CAUSE = "`total_cents` returns inside the loop, so only the **first** article counts."
FIXED = '''\
    def total_cents(self):
        """Return what all articles cost together."""
        total = 0
        for price_cents, quantity in self.items:
            total += price_cents * quantity
        return total
'''
REPLY = f"Cause: {CAUSE}\n```python\n{FIXED}```\n"
ANSWER = "Because `return` ends the method in the first pass.\n\n1. Move it out.\n2. Run the tests."
