import subprocess


def archive(folder: str, target: str) -> None:
    """Pack a folder that the user has named."""
    subprocess.run("tar czf " + target + " " + folder, shell=True, check=True)  <<security>>
