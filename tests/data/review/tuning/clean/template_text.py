_MAIL = "Dear {name},\n\nyour order {number} has been sent.\n"


def mail(order):
    return _MAIL.format(name=order.customer, number=order.number)
