from mailer import reminder

print(reminder("Ines", ["Dune", "Emma"], 4))
