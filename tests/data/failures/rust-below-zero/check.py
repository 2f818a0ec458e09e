import subprocess

subprocess.run(['rustc', '--edition', '2021', '-o', 'program', 'main.rs'], check=True)

for arguments, wanted in [(['100', '30', '50', '40'], ['70 left', '20 left', '20 over']), (['5', '5', '1'], ['0 left', '1 over'])]:
    done = subprocess.run([*['./program'], *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[:-1] == wanted, (arguments, done.stdout)
