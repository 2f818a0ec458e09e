import subprocess

subprocess.run(['javac', '-J-XX:TieredStopAtLevel=1', '-J-XX:+UseSerialGC', '-d', 'built', 'Main.java'], check=True)

for arguments, wanted in [(['src', 'src/a', 'doc', 'docs', 'test'], ['src', 'doc', 'test']), (['a/b', 'a'], ['a']), (['x'], ['x'])]:
    done = subprocess.run([*['java', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', 'built', 'Main'], *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[:-1] == wanted, (arguments, done.stdout)
