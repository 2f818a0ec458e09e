def differences(values):
    found = []
    for i in range(1, len(values)):
        found.append(values[i] - values[i - 1])
    return found
