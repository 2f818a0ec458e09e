from events import AuditedBus


def main() -> None:
    bus = AuditedBus(limit=2)
    bus.subscribe("order.paid", lambda order: print("ship", order))
    bus.subscribe("order.paid", lambda order: print("thank customer of", order))
    bus.publish("order.created", 17)
    bus.publish("order.paid", 17)
    bus.publish("order.closed", 17)
    print(bus.history)


if __name__ == "__main__":
    main()
