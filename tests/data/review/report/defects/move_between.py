def transfer(source, target, amount):
    """Move money from one account to another."""
    if amount <= 0:
        raise ValueError("amount must be positive")
    if source.balance < amount:
        raise ValueError("not enough money")
    source.balance -= amount
    target.balance -= amount  <<logic>>
