"""How much processor time another process used, from the kernel's own account of its threads."""

import os
from pathlib import Path
from typing import Final

PROC: Final = Path("/proc")
NS_PER_S: Final = 1_000_000_000


def cpu_s(pid: int) -> float:
    """Return the seconds all living threads of `pid` have run so far."""
    tasks = PROC / str(pid) / "task"
    return sum(_thread_s(task) for task in tasks.iterdir())


def _thread_s(task: Path) -> float:
    try:
        return int((task / "schedstat").read_text().split()[0]) / NS_PER_S
    except FileNotFoundError:
        return _ticks_s(task)


def _ticks_s(task: Path) -> float:
    """Kernels without schedstat count in ticks; a thread that ended meanwhile counts nothing."""
    try:
        words = (task / "stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
