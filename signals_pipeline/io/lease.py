"""One holder at a time: a lease in the ops store, renewed while work goes on, so that two processes never do the same thing at once.

`Lease.take` → `renew` … → `release`. A lease of a process that is dead on this machine is taken over at once; else it runs out.
A process is told by its number and a word of its own: numbers come back, after a restart of the machine and in containers most of all.
`this_process`, `is_gone`: the same for others who must know whether a process still lives.
"""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path

import sqlalchemy as sa

from signals_pipeline.errors import Permanent, Transient
from signals_pipeline.io import ops

_L = ops.leases


@dataclass
class Lease:
    """`at`: the clock, naive UTC. `length`: in the clock's own time. `is_shared`: the steps of one process hold it together."""

    engine: sa.Engine
    at: Callable[[], datetime]
    length: timedelta
    name: str = "activation.apply"
    holder: str = ""
    is_shared: bool = False

    def take(self) -> None:
        """Raises Transient while another living process holds it, or this one does and it is not shared."""
        self.holder = this_process()
        with self.engine.begin() as connection:
            ops.serialize(connection, f"lease:{self.name}")
            row = connection.execute(sa.select(_L).where(_L.c.name == self.name)).mappings().first()
            is_ours = row is not None and row["holder"] == self.holder
            if row and row["until"] > self.at() and not (self.is_shared if is_ours else is_gone(row["holder"])):
                who = "this process runs" if is_ours else "another process runs"
                raise Transient(f"{who} {self.name} already ({row['holder']}) and holds the lease until {row['until']:%H:%M:%S} UTC")
            connection.execute(_L.delete().where(_L.c.name == self.name))
            connection.execute(_L.insert().values(name=self.name, holder=self.holder, until=self.at() + self.length))

    def renew(self) -> None:
        """Raises Permanent when somebody else took it over meanwhile: nothing more may be sent."""
        with self.engine.begin() as connection:
            mine = (_L.c.name == self.name, _L.c.holder == self.holder)
            if not connection.execute(_L.update().where(*mine).values(until=self.at() + self.length)).rowcount:
                raise Permanent(f"the lease {self.name} was taken over by another process: start again when that one is done")

    def release(self) -> None:
        with self.engine.begin() as connection:
            connection.execute(_L.delete().where(_L.c.name == self.name, _L.c.holder == self.holder))


def this_process() -> str:
    """`host:number:word` of this process."""
    return f"{socket.gethostname()}:{os.getpid()}:{_own_word(os.getpid())}"


def is_gone(holder: str) -> bool:
    """Whether a holder was a process of this machine that has ended, also when its number has come back to another process; of another
    machine nobody here can say."""
    host, number, word = (*holder.split(":"), "", "")[:3]
    if holder == this_process() or host != socket.gethostname() or not number.isdigit():
        return False
    pid = int(number)
    return pid == os.getpid() or not _is_running(pid) or (word.startswith("s") and _started(pid) not in ("", word))


@cache
def _own_word(pid: int) -> str:
    """A word of this process; a fork has another number and so another word."""
    return _started(pid) or uuid.uuid4().hex[:12]


def _started(pid: int) -> str:
    """`s` and a hash of when a living process was started and of the machine's start; empty where the system does not tell (no /proc)."""
    try:
        told, boot = Path(f"/proc/{pid}/stat").read_text(), Path("/proc/sys/kernel/random/boot_id").read_text()
    except OSError:
        return ""
    return "s" + sha256(f"{boot} {told.rpartition(')')[2].split()[19]}".encode()).hexdigest()[:11]


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # somebody else's
    return True
