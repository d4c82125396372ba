"""A proxy before a real PostgreSQL that loses connections to order: all at once, or just as a COMMIT has been passed on."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

PIECE = 65536


class Proxy:
    """Passes bytes on, and counts the connections it lost."""

    def __init__(self, port: int) -> None:
        self.target = ("127.0.0.1", port)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.listener.getsockname()[1])
        self.pairs: list[tuple[socket.socket, socket.socket]] = []
        self.lock = threading.Lock()
        self.armed = False
        self.refusing = False
        self.lost = 0
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                if self.refusing:
                    client.close()
                    continue
                server = socket.create_connection(self.target)
                with self.lock:
                    self.pairs.append((client, server))
                threading.Thread(target=self.up, args=(client, server), daemon=True).start()
                threading.Thread(target=self.down, args=(client, server), daemon=True).start()

    def up(self, client: socket.socket, server: socket.socket) -> None:
        """From us to the server; a COMMIT that is to be lost arrives there, and its answer does not come back."""
        with contextlib.suppress(OSError):
            while data := client.recv(PIECE):
                cut = b"COMMIT" in data and self.takes_commit()
                if cut:
                    client.shutdown(socket.SHUT_RDWR)
                server.sendall(data)
                if cut:
                    self.lost += 1
                    server.recv(PIECE)
                    break
        close(client, server)

    def down(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(PIECE):
                client.sendall(data)
        close(client, server)

    def takes_commit(self) -> bool:
        with self.lock:
            armed, self.armed = self.armed, False
            return armed

    def cut_next_commit(self) -> None:
        """Lose the answer to the next COMMIT."""
        self.armed = True

    def cut_all(self) -> None:
        """Lose every connection, as when the server is restarted."""
        with self.lock:
            pairs, self.pairs = self.pairs, []
        for pair in pairs:
            self.lost += 1
            close(*pair)

    def stop(self) -> None:
        self.cut_all()
        self.listener.close()


def close(*sockets: socket.socket) -> None:
    for each in sockets:
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()


@contextlib.contextmanager
def cutting(database_url: str) -> Iterator[tuple[Proxy, str]]:
    """A proxy before a database, and the address that leads through it."""
    parts = urlsplit(database_url)
    proxy = Proxy(parts.port or 5432)
    try:
        yield proxy, database_url.replace(f":{parts.port}/", f":{proxy.port}/")
    finally:
        proxy.stop()
