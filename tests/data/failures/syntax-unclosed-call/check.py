from timesheet import hours, overtime

assert hours([("08:00", "12:00"), ("12:30", "17:15")]) == 8.75
assert hours([]) == 0
week = {"Mon": [("08:00", "16:00")], "Tue": [("08:00", "18:20")]}
assert overtime(week, 16) == 2.33
assert overtime(week, 40) == 0
