from calculator import evaluate
from tokenizer import tokenize

assert tokenize("12.5") == ["12.5"]
assert tokenize(" 3*(41-7) ") == ["3", "*", "(", "41", "-", "7", ")"]
assert tokenize("") == []
assert evaluate("2 * (3.5 - 1) / 4") == 1.25
assert evaluate("10 - 4 - 3") == 3
for wrong in ("2 $ 3", "(1 + 2"):
    try:
        evaluate(wrong)
    except ValueError:
        continue
    raise SystemExit(f"{wrong} must be refused")
