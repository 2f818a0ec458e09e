import subprocess

subprocess.run(['go', 'build', '-o', 'built', '.'], check=True)

for arguments, wanted in [(['1001', '1002', '30'], ['true Ann=470 Bob=50']), (['1002', '1001', '21'], ['false Ann=500 Bob=20'])]:
    done = subprocess.run([*['./built'], *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[:-1] == wanted, (arguments, done.stdout)
