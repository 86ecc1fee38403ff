"""One device's port: accepts connections, counts them, and lets each meet what the faults say."""

from __future__ import annotations

import asyncio
import socket

from runner.lab import ports, raw, ssh
from runner.lab.faults import Faults
from runner.lab.ledger import Entry, Ledger
from runner.lab.personality import Node, Personality


class Listener:
    """Lives in the fleet's loop, apart from its construction on a listening socket."""

    def __init__(self, node: Node, personality: Personality, sock: socket.socket, ledger: Ledger, options: ssh.ServerOptions) -> None:
        self._node, self._personality, self._ledger, self._options = node, personality, ledger, options
        self._host, self._port = sock.getsockname()[:2]
        self._sockets = [sock]
        self._manner = "listen"
        self._accepting: asyncio.Task[None] | None = None
        self._sessions: set[asyncio.Task[None]] = set()
        self._released = asyncio.Event()

    async def start(self) -> None:
        """Begin to accept, or not, as the faults say."""
        self._accepting = asyncio.get_running_loop().create_task(self._accept(self._sockets[0]))
        await self._take_manner()

    async def set_faults(self, faults: Faults) -> None:
        """Change what is wrong; connections kept open by `hang_on_exit` are let go."""
        self._node.faults = faults
        self._released.set()
        self._released = asyncio.Event()
        await self._take_manner()

    async def stop(self) -> None:
        """Close the port and every session."""
        await self._give_up()
        for task in self._sessions:
            task.cancel()
        await asyncio.gather(*self._sessions, return_exceptions=True)

    async def _take_manner(self) -> None:
        faults = self._node.faults
        manner = "refuse" if faults.refuse else "black hole" if faults.hang_at == "tcp" else "listen"
        if manner == self._manner:
            return
        await self._give_up()
        self._manner = manner
        if manner == "refuse":
            self._sockets = [ports.reserve(self._port, self._host)]
        elif manner == "black hole":
            self._sockets = ports.black_hole(self._port, self._host)
        else:
            self._sockets = [ports.listen(self._port, self._host)]
            self._accepting = asyncio.get_running_loop().create_task(self._accept(self._sockets[0]))

    async def _give_up(self) -> None:
        """Free the port; the loop must have let go of the socket before it is closed."""
        if self._accepting is not None:
            self._accepting.cancel()
            await asyncio.gather(self._accepting, return_exceptions=True)
            self._accepting = None
        for sock in self._sockets:
            sock.close()
        self._sockets = []

    async def _accept(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                sock, _ = await loop.sock_accept(listening)
            except OSError:  # no descriptor left, or the client is gone already
                await asyncio.sleep(0.05)
                continue
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            task = loop.create_task(self._session(sock, self._ledger.opened(self._node.device.name)))
            self._sessions.add(task)
            task.add_done_callback(self._sessions.discard)

    async def _session(self, sock: socket.socket, entry: Entry) -> None:
        """Hold one connection. The handle of ours is the last to be closed, so a client sees the end after it has been noted."""
        try:
            if raw.is_raw(self._node.faults):
                await raw.serve(sock, self._node.faults, self._personality.version)
            else:
                options = await self._options.of(self._personality, self._node.faults)
                await ssh.serve(sock.dup(), entry, self._node, self._personality, options)
            if self._node.faults.hang_on_exit:
                await self._released.wait()
        finally:
            entry.closed()
            sock.close()
