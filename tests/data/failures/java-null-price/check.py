import subprocess

subprocess.run(['javac', '-J-XX:TieredStopAtLevel=1', '-J-XX:+UseSerialGC', '-d', 'built', 'Main.java'], check=True)

for arguments, wanted in [(['A1:3', 'b2:2'], ['948']), (['a1:1', 'B2:1', 'c3:1'], ['1549'])]:
    done = subprocess.run([*['java', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', 'built', 'Main'], *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[:-1] == wanted, (arguments, done.stdout)
