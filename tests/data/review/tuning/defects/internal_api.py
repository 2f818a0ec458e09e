import requests


def send_backup(url, path, token):
    with open(path, "rb") as file:
        return requests.put(url, data=file, headers={"X-Token": token}, verify=False, timeout=60)  <<security>>
