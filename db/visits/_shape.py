"""What is seen of a visit. Shapes and rules, without a database."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Glimpse:
    """A request as it came, for as long as it is in memory: nothing here is kept as it is. `headers` are those that
    tell people from programs, by lower-case names: accept, accept-language, sec-fetch-mode, sec-fetch-site,
    sec-fetch-dest, sec-ch-ua, from. `referrer` is empty for none. `person_id`: who is logged in, 0 for nobody.
    `is_secure`: over https, where browsers send what they do not send elsewhere.
    """

    at: datetime
    address: str
    agent: str
    path: str
    status: int
    referrer: str
    headers: dict[str, str]
    person_id: int = 0
    is_owner: bool = False
    is_secure: bool = True
