import subprocess


def branches(folder: str) -> list[str]:
    done = subprocess.run(
        ["git", "-C", folder, "branch", "--format=%(refname:short)"], capture_output=True, text=True, check=True
    )
    return done.stdout.split()
