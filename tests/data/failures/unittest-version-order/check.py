from versions import newest, upgrades

assert newest(["v1.9.0", "v1.10.0", "v1.8.5"]) == "v1.10.0"
assert newest(["2.0.99", "2.0.100", "1.200.300"]) == "2.0.100"
assert upgrades("v1.9.0", ["v1.9.0", "v1.10.0", "v1.8.5", "v2.0.0", "v1.11.3"]) == ["v1.10.0", "v1.11.3", "v2.0.0"]
assert upgrades("10.0", ["9.9", "10.0.1"]) == ["10.0.1"]
