"""The audience of a room: its open sockets in this process. What happens is encoded once and written to all of them.

Frames that come within one turn of the event loop leave in one write per socket. Nobody is waited for: a socket whose
unread backlog passes the limit is closed with 1013, and the others notice nothing (design and figures:
docs/decisions.md).
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from db.events import Changed
from db.people import Person
from db.sanctions import Caller

from . import frames

BACKLOG_MAX = 256 * 1024  # bytes waiting for one socket, beside what the kernel already took
CHUNK = 500  # sockets written to before others get a turn
GRACE = 5.0  # seconds for a slow socket to read its close frame
TOO_SLOW = frames.closing(1013, "too slow")
ENDED = frames.closing(1001, "the session has ended")
OVER = frames.closing(1001, "the chat was left")


@dataclass(eq=False, slots=True)
class Seat:
    """One socket. Until `known` says up to which `seq` its hello went, what happens is held for it. `session` is the
    hash of its session's token, `session_id` its number, which stays. `muted`: the sentence for who only reads, as
    words and drawn; `is_new`: while there is a panic, whether they only read because of it. `told`: the last frame
    about their record.
    """

    transport: asyncio.Transport
    person: Person | None
    on_slow: Callable[[], None]
    session: bytes | None = None
    network: str = ""
    session_id: int | None = None
    muted: str = ""
    muted_html: str = ""
    is_new: bool = False
    told: frames.Frame = field(default_factory=frames.nothing_on_record)
    known: int | None = None
    is_gone: bool = False
    held: list[tuple[int, bytes]] = field(default_factory=list)
    allowance: int = BACKLOG_MAX

    @property
    def caller(self) -> Caller:
        return Caller(self.person, self.network, self.session_id)

    def send(self, data: bytes) -> None:
        """Writes at once, or closes the socket that does not read. Never waits."""
        if self.is_gone or self.transport.is_closing():
            return
        backlog = self.transport.get_write_buffer_size()
        if backlog > self.allowance:
            self.on_slow()
            return
        if backlog <= BACKLOG_MAX:
            self.allowance = BACKLOG_MAX
        self.transport.write(data)

    def greet(self, data: bytes) -> None:
        """Writes the hello. However long it is, it does not count as backlog: on a slow line it takes its time."""
        self.send(data)
        self.allowance = BACKLOG_MAX + len(data)


class Audience:
    """`seq`: everything up to it has been written to those who are seated."""

    def __init__(self, seq: int) -> None:
        self.seq = seq
        self._seated: dict[Seat, None] = {}
        self._arriving: dict[Seat, None] = {}
        self._waiting: list[tuple[int, bytes]] = []
        self._ripe = 0
        self._is_writing = False

    def __len__(self) -> int:
        return len(self._seated) + len(self._arriving)

    def everybody(self) -> list[Seat]:
        return [*self._seated, *self._arriving]

    def greeted(self) -> list[Seat]:
        """Those who have had their hello, before which nothing else may come."""
        return [*self._seated, *(seat for seat in self._arriving if seat.known is not None)]

    def join(self, transport: asyncio.Transport, caller: Caller, session: bytes | None = None) -> Seat:
        """From now on nothing is missed: it is held until `welcome`. `session` is the hash of the session's token."""
        network, session_id = caller.network, caller.session_id
        seat = Seat(transport, caller.person, lambda: self._dismiss(seat), session, network, session_id)
        self._arriving[seat] = None
        return seat

    def welcome(self, seat: Seat, hello: bytes, seq: int) -> None:
        """Writes the hello, which tells everything up to `seq`, and then what was held and is newer."""
        if seat not in self._arriving:
            return
        seat.known = seq
        seat.greet(hello + b"".join(data for number, data in seat.held if number > seq or not number))
        seat.held.clear()
        self._settle(seat)

    def leave(self, seat: Seat) -> None:
        self._seated.pop(seat, None)
        self._arriving.pop(seat, None)

    def tell(self, event: Changed) -> None:
        """A change in the room, in the order of `seq`."""
        self._wait_to_write(event.seq, frames.encode(frames.changed(event)))

    def tell_all(self, frame: frames.Frame) -> None:
        """Something without a `seq`, such as who is here."""
        self._wait_to_write(0, frames.encode(frame))

    def tell_drawn(self, seq: int, drawn: list[frames.Frame]) -> None:
        """A change in the room as these frames tell it; none, where it is nothing to those who sit here."""
        self._wait_to_write(seq, b"".join(map(frames.encode, drawn)))

    def _wait_to_write(self, seq: int, data: bytes) -> None:
        self._waiting.append((seq, data))
        if not self._is_writing:
            self._is_writing = True
            asyncio.get_running_loop().call_soon(self._ripen)

    def _ripen(self) -> None:
        """What waits by now is written in the next turn; whoever owes an `ack` for it was woken before that."""
        self._ripe = len(self._waiting)
        asyncio.get_running_loop().call_soon(self._write)

    def _write(self) -> None:
        batch, self._waiting = self._waiting[: self._ripe], self._waiting[self._ripe :]
        seated = list(self._seated)
        for seat in list(self._arriving):  # a slow one leaves while we write
            self._write_to_arriving(seat, batch)
        self.seq = max(self.seq, *(seq for seq, _ in batch))
        for seat in list(self._arriving):
            self._settle(seat)
        self._write_on(seated, b"".join(data for _, data in batch))

    def _write_to_arriving(self, seat: Seat, batch: list[tuple[int, bytes]]) -> None:
        if seat.known is None:
            seat.held.extend(batch)
        else:
            news = [data for seq, data in batch if not seq or seq > seat.known]
            if news:
                seat.send(b"".join(news))

    def _settle(self, seat: Seat) -> None:
        """Seats a socket once all that is still to be written is news to it."""
        if seat.known is not None and self.seq >= seat.known and seat in self._arriving:
            del self._arriving[seat]
            self._seated[seat] = None

    def _write_on(self, seats: list[Seat], data: bytes) -> None:
        """Writes to a chunk of the sockets, then lets the Discord heartbeat and the pages have their turn."""
        for seat in seats[:CHUNK]:
            seat.send(data)
        loop = asyncio.get_running_loop()
        if len(seats) > CHUNK:
            loop.call_soon(self._write_on, seats[CHUNK:], data)
        elif self._waiting:
            loop.call_soon(self._ripen)
        else:
            self._is_writing = False

    def send_off(self, wanted: Callable[[Seat], bool], farewell: bytes) -> None:
        """Closes these sockets at once. They may come back, as whoever they are then and to what there is for them."""
        for seat in self.everybody():
            if wanted(seat):
                self.show_out(seat, farewell)

    def show_out(self, seat: Seat, farewell: bytes) -> None:
        self.leave(seat)
        seat.is_gone = True
        seat.transport.write(farewell)
        seat.transport.close()  # once that is written; aiohttp would answer the answer to it

    def rename(self, person: Person) -> None:
        """What they say and do from here on is under the new name."""
        for seat in self.everybody():
            if seat.person and seat.person.id == person.id:
                seat.person = person

    def _dismiss(self, seat: Seat) -> None:
        """Closes a socket that does not read, behind what it has not read yet, and cuts it off if that does not
        help.
        """
        self.leave(seat)
        seat.is_gone = True
        seat.transport.write(TOO_SLOW)
        asyncio.get_running_loop().call_later(GRACE, seat.transport.abort)
