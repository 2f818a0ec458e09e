"""Fetch user profiles from a slow directory service."""

import asyncio

DIRECTORY = {
    1: {"name": "Ada", "team": "core"},
    2: {"name": "Bob", "team": "web"},
    3: {"name": "Cyd", "team": "core"},
}


async def fetch(user_id: int) -> dict[str, str]:
    """Return the profile of a user. Raises: KeyError: no such user."""
    await asyncio.sleep(0)
    return DIRECTORY[user_id]


async def load_all(user_ids: list[int]) -> dict[str, list[str]]:
    """Return the names in each team, in the order of the ids."""
    teams: dict[str, list[str]] = {}
    for user_id in user_ids:
        profile = fetch(user_id)
        teams.setdefault(profile["team"], []).append(profile["name"])
    return teams


async def main() -> None:
    for team, names in (await load_all([1, 2, 3])).items():
        print(f"{team}: {', '.join(names)}")


if __name__ == "__main__":
    asyncio.run(main())
