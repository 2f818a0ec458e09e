"""Reconcile bank transfers with open invoices."""


def reconcile(invoices: list[dict], transfers: list[dict]) -> dict[str, str]:
    """Return each invoice number's status: "paid", "partial" or "open"."""
    received: dict[str, int] = {}
    for transfer in transfers:
        reference = transfer["reference"].strip().upper()
        received[reference] = received.get(reference, 0) + transfer["cents"]

    status = {}
    for invoice in invoices:
        cents = received.get(invoice["number"], 0)
        if cents = 0:
            status[invoice["number"]] = "open"
        elif cents < invoice["cents"]:
            status[invoice["number"]] = "partial"
        else:
            status[invoice["number"]] = "paid"
    return status
