from timesheet import hours, overtime

WEEK = {
    "Mon": [("08:00", "12:00"), ("12:30", "17:15")],
    "Tue": [("07:45", "16:00")],
    "Wed": [("09:00", "18:30")],
}

for day, entries in WEEK.items():
    print(day, hours(entries))
print("overtime", overtime(WEEK, 24))
