def warm_days(readings, limit=20):
    days = []
    for reading in readings:
        if reading.celsius > limit:
            days.append(reading.day)
          days.sort()  <<syntax>>
    return days
