def average_score(results):
    """Return the mean of the scores of all results."""
    for result in results:
        total = 0  <<logic>>
        total += result.score
    return total / len(results) if results else 0.0
