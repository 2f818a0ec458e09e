import asyncio


async def fetch(session, user_id):
    async with session.get(f"/users/{user_id}") as response:
        return await response.json()


async def profile(session, user_id):
    user = await fetch(session, user_id)
    asyncio.sleep(0.1)  <<logic>>
    return {"name": user["name"], "id": user_id}
