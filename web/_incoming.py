"""The frames that clients may send on a socket, as docs/protocol.md lists them."""

import msgspec


class Send(msgspec.Struct, tag="send"):
    nonce: str
    content: str
    reply_to: str | None = None
    media: tuple[str, ...] = ()


class Edit(msgspec.Struct, tag="edit"):
    id: str
    content: str
    nonce: str | None = None


class Delete(msgspec.Struct, tag="delete"):
    id: str
    nonce: str | None = None


class React(msgspec.Struct, tag="react"):
    id: str
    emoji: str
    nonce: str | None = None


class Unreact(msgspec.Struct, tag="unreact"):
    id: str
    emoji: str
    nonce: str | None = None


class Typing(msgspec.Struct, tag="typing"):
    pass


class Read(msgspec.Struct, tag="read"):
    seq: int


class Ping(msgspec.Struct, tag="ping"):
    pass


class Marked(msgspec.Struct):
    """Just enough of a bad frame to answer the right one."""

    nonce: str | None = None


Incoming = msgspec.json.Decoder(Send | Edit | Delete | React | Unreact | Typing | Ping)
InChat = msgspec.json.Decoder(Send | Edit | Delete | React | Unreact | Typing | Read | Ping)
PingOnly = msgspec.json.Decoder(Ping)
