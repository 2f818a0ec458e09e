import subprocess

subprocess.run(['go', 'build', '-o', 'built', '.'], check=True)

for arguments, wanted in [(['pear', 'plum', 'fig'], ['f [fig]', 'p [pear plum]']), (['été'], ['é [été]']), ([], [])]:
    done = subprocess.run([*['./built'], *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[:-1] == wanted, (arguments, done.stdout)
