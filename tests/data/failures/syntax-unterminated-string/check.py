from mailer import reminder

text = reminder("Ines", ["Dune", "Emma"], 4)
greeting, body, footer = text.split("\n\n")
assert greeting == "Dear Ines,", greeting
assert body == "These are 4 days late:\n* Dune\n* Emma\nFee so far: 2.00", body
assert footer == "-- \nThe library team"
