from scheduler import Job, timeline

JOBS = [Job("poll", "10m"), Job("sync", "1h", "30s"), Job("mail", "45m", "5m")]

if __name__ == "__main__":
    for second, name in timeline(JOBS, "90m"):
        print(f"{second // 60:>3}m{second % 60:02}s {name}")
