import json


def load_menu(path):
    with open(path, encoding="utf-8") as file:
        menu = json.load(file  <<syntax>>
    dishes = {}  <<syntax>>
    for entry in menu["dishes"]:
        dishes[entry["name"]] = entry["price"]
    return dishes
