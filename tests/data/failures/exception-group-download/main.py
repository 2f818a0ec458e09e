"""Collect the sizes of several mirrors' files at once."""

import asyncio

UNITS = {"B": 1, "KB": 1024, "MB": 1024**2, "GB": 1024**3}

LISTING = {
    "mirror-a": "base.img 12 MB",
    "mirror-b": "base.img 12 mb",
    "mirror-c": "base.img 12288 KB",
}


def parse_size(text: str) -> int:
    """Return the size in bytes of a text like "12 MB"; the case of the unit does not matter."""
    number, unit = text.split()
    return int(number) * UNITS[unit]


async def fetch_size(mirror: str) -> int:
    """Return the size in bytes that the mirror reports."""
    await asyncio.sleep(0)
    name, size = LISTING[mirror].split(" ", 1)
    return parse_size(size)


async def collect(mirrors: list[str]) -> dict[str, int]:
    """Return each mirror's size, asked for side by side."""
    async with asyncio.TaskGroup() as group:
        tasks = {mirror: group.create_task(fetch_size(mirror)) for mirror in mirrors}
    return {mirror: task.result() for mirror, task in tasks.items()}


if __name__ == "__main__":
    for mirror, size in asyncio.run(collect(list(LISTING))).items():
        print(f"{mirror}: {size} bytes")
