import subprocess

subprocess.run(['javac', '-J-XX:TieredStopAtLevel=1', '-J-XX:+UseSerialGC', '-d', 'built', 'Main.java'], check=True)

for arguments, wanted in [(['2', '1', '5', '3', '9'], ['6.0']), (['3', '1', '2', '3'], ['2.0']), (['1', '-4'], ['-4.0']), (['2', '-1', '-5', '-3'], ['-3.0'])]:
    done = subprocess.run([*['java', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', 'built', 'Main'], *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[:-1] == wanted, (arguments, done.stdout)
