import asyncio


async def gather_prices(shops):
    tasks = [asyncio.create_task(shop.price()) for shop in shops]
    done, pending = await asyncio.wait(tasks, timeout=2.0)
    for task in pending:
        task.cancel()
    return [task.result() for task in done if task.exception() is None]
