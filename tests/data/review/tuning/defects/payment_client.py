import requests

API_KEY = "sk_live_4eC39HqLyjWDarjtT1zdp7dc"  <<security>>


def charge(amount, card):
    response = requests.post(
        "https://api.example.com/charges",
        json={"amount": amount, "card": card},
        headers={"Authorization": f"Bearer {API_KEY}"},
        timeout=10,
    )
    response.raise_for_status()
    return response.json()["id"]
