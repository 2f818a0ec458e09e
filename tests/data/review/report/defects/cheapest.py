def cheapest(offers):
    """Return the offer with the lowest price."""
    best = offers[0]
    for offer in offers[1:]:
        if offer.price > best.price:  <<logic>>
            best = offer
    return best
