from thermostat import Thermostat

thermostat = Thermostat(20)
assert thermostat.celsius == 20 and thermostat.fahrenheit == 68
thermostat.celsius = 25.5
assert thermostat.celsius == 25.5
assert thermostat.heats(24.9) and not thermostat.heats(25.1)
for wrong in (4.9, 31):
    for attempt in (lambda: Thermostat(wrong), lambda: setattr(thermostat, "celsius", wrong)):
        try:
            attempt()
        except ValueError:
            continue
        raise SystemExit(f"{wrong} must be refused")
assert thermostat.celsius == 25.5
