"""A Veilleur in a process of its own, which a test can kill: `python -m tests.wire.whole_bot`.

Takes one argument, JSON: where the loopback Discord listens, whom to trust, the database and the
ids of the newsroom. Runs until it is killed.
"""

from __future__ import annotations

import asyncio
import json
import sys

from bot.chat.config import ChatConfig

from .installation import installed
from .server import connector


async def main(order: dict[str, str | int]) -> None:
    config = ChatConfig(
        review_channel_id=int(order["review"]),
        watched_channel_ids=(int(order["watched"]),),
        moderator_role_id=int(order["role"]),
        undo_grace_s=0.3,
    )
    async with installed(
        database_url=str(order["database"]),
        config=config,
        connector=lambda: connector(port=int(order["port"]), ca_pem=str(order["ca"])),
        token=str(order["token"]),
    ) as bot:
        await bot.supervisor


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
