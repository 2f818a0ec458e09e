import subprocess

subprocess.run(['go', 'build', '-o', 'built', '.'], check=True)

for arguments, wanted in [(['a', 'b', 'c'], ['2 [a b]', '1 [c]']), (['a', 'b'], ['2 [a b]']), ([], [])]:
    done = subprocess.run([*['./built'], *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[:-1] == wanted, (arguments, done.stdout)
