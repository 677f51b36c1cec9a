"""Breaking things on purpose: one place for all that can go wrong, over REST and on the gateway. `practice.faults` in
tests, `POST /practice/faults` over HTTP, the buttons on the page."""

import asyncio
from collections.abc import Callable

from practice import webhooks
from practice.faults import Fault, Faults, When
from practice.gateway import Gateway
from practice.world import World

MESSAGE_POST = r"^/webhooks/\d+/[^/]+$"


class Breaking:
    """Acts take effect at once. `path` is a regular expression searched in the path after /api/v10; the default of the
    REST faults is the posting of a webhook message."""

    def __init__(self, world: World, gateway: Gateway, rest: Faults) -> None:
        self.world = world
        self.gateway = gateway
        self.rest = rest
        self._returning: asyncio.TimerHandle | None = None

    # The gateway

    def drop_gateway(self) -> None:
        """The TCP connection ends without a close frame; the session can be resumed."""
        self.gateway.drop()

    def reconnect(self) -> None:
        """Op 7: the bot is asked to connect anew and resume."""
        self.gateway.ask_to_reconnect()

    def lose_session(self, *, dropped: bool = False) -> None:
        """Op 9: the session is forgotten, what happens until the next identify never comes. `dropped` cuts the
        connection as well, so that the bot learns of it when it tries to resume."""
        if dropped:
            self.gateway.forget_and_drop()
        else:
            self.gateway.lose_sessions()

    def pause_gateway(self, *, paused: bool = True) -> None:
        """The sockets stay open and silent until `paused=False`."""
        (self.gateway.pause if paused else self.gateway.unpause)()

    # REST

    def status(
        self, status: int, path: str = MESSAGE_POST, *, method: str = "", times: int = 1, when: When = "before"
    ) -> Fault:
        """The next `times` requests that match answer with a status; "after" lets them take effect first."""
        return self.rest.add(Fault("status", method, path, times, when, status))

    def cut(self, path: str = MESSAGE_POST, *, method: str = "", times: int = 1, when: When = "before") -> Fault:
        """The connection ends instead of an answer."""
        return self.rest.add(Fault("cut", method, path, times, when))

    def delay(
        self, seconds: float, path: str = MESSAGE_POST, *, method: str = "", times: int = 1, when: When = "before"
    ) -> Fault:
        return self.rest.add(Fault("delay", method, path, times, when, seconds=seconds))

    def hold(
        self, path: str = MESSAGE_POST, *, method: str = "", times: int = 1, when: When = "before"
    ) -> asyncio.Event:
        """A delay that lasts until the event is set."""
        gate = asyncio.Event()
        self.rest.add(Fault("delay", method, path, times, when, gate=gate))
        return gate

    def rate_limit(
        self,
        retry_after: float,
        path: str = MESSAGE_POST,
        *,
        method: str = "",
        times: int = 1,
        via: bool = True,
        everywhere: bool = False,
    ) -> Fault:
        """429. Without `via` it reads as a ban of the address; `everywhere` says that it is the global limit."""
        fault = Fault("rate_limit", method, path, times, seconds=retry_after, via=via, everywhere=everywhere)
        return self.rest.add(fault)

    def latency(self, seconds: float) -> None:
        """Added to every REST answer from now on."""
        self.rest.latency = seconds

    # All of it

    def away(self, seconds: float | None = None) -> None:
        """Discord cannot be reached: every connection is cut. It comes back after so many seconds, or with back()."""
        self.rest.away = self.gateway.refusing = True
        self.gateway.drop()
        if seconds is not None:
            self._returning = asyncio.get_running_loop().call_later(seconds, self.back)

    def back(self) -> None:
        if self._returning:
            self._returning.cancel()
        self.rest.away = self.gateway.refusing = False

    def delete_webhooks(self) -> int:
        """As if a moderator had removed them; gives how many there were."""
        found = list(self.world.webhooks.values())
        for webhook in found:
            webhooks.delete(self.world, webhook)
        return len(found)

    def change_token(self, token: str) -> None:
        """The portal gave out a new token: the old one is refused and its sockets are cut."""
        self.world.application.token = token
        self.gateway.forget_and_drop()

    def withdraw_intents(self, intents: int) -> None:
        """Switches privileged intents off in the portal; counts from the next identify."""
        self.world.application.intents &= ~intents

    def stop(self) -> None:
        """Ends every fault that lasts and forgets those that wait."""
        self.back()
        self.rest.clear()
        self.gateway.unpause()

    def by_name(self, name: str) -> Callable[..., object]:
        """The fault that `POST /practice/faults` asks for; LookupError for any other word."""
        if name not in NAMES:
            raise LookupError(f"There is no fault {name!r}. There are: {', '.join(NAMES)}.")
        found: Callable[..., object] = getattr(self, name)
        return found


NAMES = (
    *("drop_gateway", "reconnect", "lose_session", "pause_gateway", "status", "cut", "delay", "rate_limit", "latency"),
    *("away", "back", "delete_webhooks", "change_token", "withdraw_intents", "stop"),
)
