from main import Article, check_stock

articles = [Article("A1", 2, 5), Article("B2", 9, 5), Article("C3", 0, 4, on_order=True), Article("D4", 5, 5)]
assert check_stock(articles) == (["A1: 3 short"], ["B2", "D4"])
assert check_stock([Article("E5", 8, 1, on_order=True)]) == ([], ["E5"])
assert check_stock([]) == ([], [])
