"""Stock alerts: who gets told when an article runs low."""

from dataclasses import dataclass


@dataclass
class Article:
    sku: str
    stock: int
    minimum: int
    on_order: bool = False


def check_stock(articles: list[Article]) -> tuple[list[str], list[str]]:
    """Return (messages for purchasing, SKUs that are fine). Low articles already on order give no message."""
    messages: list[str] = []
    fine: list[str] = []
    for article in articles:
        if article.stock < article.minimum:
            missing = article.minimum - article.stock
            text = f"{article.sku}: {missing} short"
        if not article.on_order:
            messages.append(text)
        else:
            continue
        else:
            fine.append(article.sku)
    return messages, fine


if __name__ == "__main__":
    print(check_stock([Article("A1", 2, 5), Article("B2", 9, 5), Article("C3", 0, 4, on_order=True)]))
