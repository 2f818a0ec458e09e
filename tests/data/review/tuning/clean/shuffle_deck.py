import random


def deal(deck, players, seed=None):
    """Return a hand for each player."""
    generator = random.Random(seed)
    cards = list(deck)
    generator.shuffle(cards)
    return [cards[index::players] for index in range(players)]
