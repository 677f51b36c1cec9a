"""The occasions for an interaction, as INTERACTION_CREATE tells the bot of them: a command run, an option being
typed, a component pressed, a form sent. Called by the page and by the tests through practice.server."""

from collections.abc import Callable, Mapping
from typing import Any

from practice import commands, components, payloads
from practice.files import Upload, keep
from practice.interactions import Interaction, Interactions
from practice.model import Channel, InteractionType, Json, Message
from practice.world import World

SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(1, 12)
USER_COMMAND, MESSAGE_COMMAND = 2, 3
SIZE_LIMIT = 10 * 1024 * 1024


def run_command(
    interactions: Interactions, user_id: int, channel: Channel, words: str, values: Mapping[str, Any]
) -> Interaction:
    """Runs "hangout here" with its options. Raises LookupError or ValueError, with a sentence, for what the client of
    Discord would not let anybody send."""
    command, path, offered = commands.named(interactions.world, words)
    options, resolved = read_options(interactions.world, channel, offered, values)
    missing = [each["name"] for each in offered if each.get("required") and each["name"] not in values]
    if missing:
        raise ValueError(f"/{words} needs {', '.join(missing)}.")
    return send_command(
        interactions, InteractionType.COMMAND, user_id, channel, command, nested(path, options), resolved
    )


def complete(
    interactions: Interactions, user_id: int, channel: Channel, words: str, focused: str, values: Mapping[str, Any]
) -> Interaction:
    """Asks for the choices of the option `focused`, of which `values` holds what is typed so far."""
    command, path, offered = commands.named(interactions.world, words)
    options, resolved = read_options(interactions.world, channel, offered, values)
    for option in options:
        if option["name"] == focused:
            option["focused"] = True
    kind = InteractionType.AUTOCOMPLETE
    return send_command(interactions, kind, user_id, channel, command, nested(path, options), resolved)


def run_on(interactions: Interactions, user_id: int, channel: Channel, name: str, target: Message | int) -> Interaction:
    """Runs a context menu command on a message, or on the user with that id."""
    world = interactions.world
    if isinstance(target, Message):
        command, _, _ = commands.named(world, name, MESSAGE_COMMAND)
        target_id, resolved = target.id, {"messages": {str(target.id): payloads.message(world, target)}}
    else:
        command, _, _ = commands.named(world, name, USER_COMMAND)
        target_id, resolved = target, resolve_user(world, target)
    extra = {"target_id": str(target_id)}
    return send_command(interactions, InteractionType.COMMAND, user_id, channel, command, [], resolved, extra)


def send_command(
    interactions: Interactions,
    kind: InteractionType,
    user_id: int,
    channel: Channel,
    command: Json,
    options: list[Json],
    resolved: Json,
    extra: Json | None = None,
) -> Interaction:
    world = interactions.world
    data: Json = {"id": command["id"], "name": command["name"], "type": command["type"], **(extra or {})}
    if options:
        data["options"] = options
    if resolved:
        data["resolved"] = resolved
    if "guild_id" in command:
        data["guild_id"] = command["guild_id"]
    metadata = metadata_for(world, InteractionType.COMMAND, user_id) | {"command_type": command["type"]}
    interaction = interactions.begin(kind, user_id, channel, metadata)
    return send(world, interaction, data)


def press(interactions: Interactions, user_id: int, message: Message, custom_id: str, values: list[str]) -> Interaction:
    """Presses a button, or chooses `values` in a select, on a message. Raises LookupError when it is not there,
    ValueError for one that the client would not send."""
    world = interactions.world
    if message.seen_by not in {None, user_id}:
        raise LookupError("Nobody else sees this message.")
    component = components.find(message.components, custom_id)
    components.check_press(component, values)
    data: Json = {"custom_id": custom_id, "component_type": component["type"]}
    if component["type"] != 2:
        data["values"] = values
    metadata = metadata_for(world, InteractionType.COMPONENT, user_id) | {"interacted_message_id": str(message.id)}
    channel = world.channel(message.channel_id)
    interaction = interactions.begin(InteractionType.COMPONENT, user_id, channel, metadata, message)
    return send(world, interaction, data)


def submit(interactions: Interactions, asked: Interaction, values: Mapping[str, str]) -> Interaction:
    """Sends the form that the bot answered `asked` with; `values` are by the custom_id of each text field."""
    if asked.modal is None:
        raise LookupError("That was not answered with a form.")
    data = {
        "custom_id": asked.modal["custom_id"],
        "components": [components.filled(component, values) for component in asked.modal["components"]],
    }
    world = interactions.world
    metadata = metadata_for(world, InteractionType.MODAL_SUBMIT, asked.user_id)
    metadata["triggering_interaction_metadata"] = asked.metadata
    kind = InteractionType.MODAL_SUBMIT
    return send(world, interactions.begin(kind, asked.user_id, asked.channel, metadata, asked.source), data)


def send(world: World, interaction: Interaction, data: Json) -> Interaction:
    channel, member = interaction.channel, world.guild.members[interaction.user_id]
    shape: Json = {
        "id": str(interaction.id),
        "application_id": str(world.application.id),
        "type": int(interaction.type),
        "token": interaction.token,
        "version": 1,
        "data": data,
        "channel_id": str(channel.id),
        "channel": payloads.resolved_channel(world, channel, interaction.user_id),
        "app_permissions": str(world.permissions(world.bot.id, channel)),
        "locale": "en-US",
        "entitlements": [],
        "authorizing_integration_owners": {"0": str(world.guild.id)},
        "context": 0 if channel.guild_id else 1,
        "attachment_size_limit": SIZE_LIMIT,
    }
    if interaction.source:
        shape["message"] = payloads.message(world, interaction.source)
    if channel.guild_id:
        held = str(world.permissions(interaction.user_id, channel))
        shape["guild_id"] = str(channel.guild_id)
        shape["guild"] = {"id": str(channel.guild_id), "locale": "en-US", "features": []}
        shape["guild_locale"] = "en-US"
        shape["member"] = {**payloads.member(member), "permissions": held}
    else:
        shape["user"] = payloads.user(member.user)
    world.tell("INTERACTION_CREATE", shape)
    return interaction


def metadata_for(world: World, kind: InteractionType, user_id: int) -> Json:
    owners = {"0": str(world.guild.id)}
    return {"type": int(kind), "user": payloads.user(world.users[user_id]), "authorizing_integration_owners": owners}


def nested(path: list[str], options: list[Json]) -> list[Json]:
    """The options inside their subcommand, and that inside its group."""
    for depth, name in reversed(list(enumerate(path))):
        kind = SUBCOMMAND if depth == len(path) - 1 else GROUP
        options = [{"name": name, "type": kind, "options": options}]
    return options


def read_options(
    world: World, channel: Channel, offered: list[Json], values: Mapping[str, Any]
) -> tuple[list[Json], Json]:
    """The options in Discord's shape, and the objects that their ids stand for."""
    known = {option["name"]: option for option in offered}
    unknown = set(values) - set(known)
    if unknown:
        raise LookupError(f"There is no option {', '.join(sorted(unknown))}.")
    options: list[Json] = []
    resolved: Json = {}
    for name, option in known.items():
        if name in values:
            value = resolve(world, channel, option["type"], values[name], resolved)
            options.append({"name": name, "type": option["type"], "value": value})
    return options, resolved


def resolve(world: World, channel: Channel, kind: int, value: Any, resolved: Json) -> Any:
    if kind == ATTACHMENT:
        upload = value if isinstance(value, Upload) else Upload(0, "file", "text/plain", value)
        if len(upload.data) > SIZE_LIMIT:
            raise ValueError("Your files are too powerful: 10 MB is the most.")
        file = keep(world, channel.id, upload)
        file.ephemeral = True
        resolved.setdefault("attachments", {})[str(file.id)] = payloads.attachment(world, file)
        return str(file.id)
    if kind in {STRING, INTEGER, NUMBER, BOOLEAN}:
        readers: dict[int, Callable[[Any], Any]] = {STRING: str, INTEGER: int, NUMBER: float, BOOLEAN: truth}
        return readers[kind](value)
    number = int(value)
    if kind in {USER, MENTIONABLE} and number in world.users:
        for key, found in resolve_user(world, number).items():
            resolved.setdefault(key, {}).update(found)
    elif kind in {ROLE, MENTIONABLE}:
        resolved.setdefault("roles", {})[str(number)] = payloads.role(world.guild.roles[number])
    elif kind == CHANNEL:
        place = payloads.resolved_channel(world, world.channel(number), world.bot.id)
        resolved.setdefault("channels", {})[str(number)] = place
    return str(number)


def truth(value: Any) -> bool:
    return value in {True, "true", "on", "1"}


def resolve_user(world: World, user_id: int) -> Json:
    member = world.member(user_id)
    bare = {**payloads.bare_member(member), "permissions": str(world.guild.roles[world.guild.id].permissions)}
    return {"users": {str(user_id): payloads.user(member.user)}, "members": {str(user_id): bare}}
