"""`python -m gis.routing.valhalla DIR` keeps the service running until SIGINT or SIGTERM."""

import asyncio
import signal
import sys
from pathlib import Path

from gis.routing.valhalla.service import Launcher

BAD_USAGE = 64  # EX_USAGE


async def serve(routing_dir: Path) -> None:
    """Run the launcher until a signal comes."""
    launcher = Launcher(routing_dir)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, launcher.stopping.set)
    await launcher.run()


def main() -> int:
    if len(sys.argv) != 2:
        sys.stderr.write("usage: python -m gis.routing.valhalla DIRECTORY\n")
        return BAD_USAGE
    routing_dir = Path(sys.argv[1])
    routing_dir.mkdir(parents=True, exist_ok=True)
    asyncio.run(serve(routing_dir))
    return 0


if __name__ == "__main__":
    sys.exit(main())
