import subprocess

subprocess.run(['rustc', '--edition', '2021', '-o', 'program', 'main.rs'], check=True)

for arguments, wanted in [(['90s', '2d'], ['172890']), (['1h', '1m', '1d'], ['90060'])]:
    done = subprocess.run([*['./program'], *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[:-1] == wanted, (arguments, done.stdout)
