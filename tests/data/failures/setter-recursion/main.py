from thermostat import Thermostat

living_room = Thermostat(20.5)
print("wanted:", living_room.celsius, "C,", living_room.fahrenheit, "F")
for measured in (19.4, 20.2, 21.0):
    print(measured, "heat" if living_room.heats(measured) else "idle")
