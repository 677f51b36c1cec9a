"""Application commands: registered by the bot, looked up when somebody runs one. Source: Discord's 'Application
Commands'."""

import re
from typing import Any

from practice.model import Json
from practice.refusals import invalid_form, refusal
from practice.world import World

CHAT_INPUT = 1
NAME = re.compile(r"^[-_'\w]{1,32}$")
COMMANDS_MAX = 100
MENUS_MAX = 15  # of each kind, on people and on messages
PARTS_MAX = 25
LETTERS_MAX = 8000  # of names, descriptions and values of one command, with all that is in it


def check(command: Json, path: str = "") -> None:
    """Raises 50035 for a name, description or list that Discord would not take."""
    if command.get("type", CHAT_INPUT) == CHAT_INPUT:
        check_named(command, path)
        for index, option in enumerate(parts(command, "options", path)):
            check_option(option, f"{path}options.{index}.")
        if letters(command) > LETTERS_MAX:
            problem = f"Command exceeds maximum size ({LETTERS_MAX})"
            raise invalid_form(f"{path}options", "APPLICATION_COMMAND_TOO_LARGE", problem)
    elif not 1 <= len(str(command.get("name", ""))) <= 32:
        raise invalid_form(f"{path}name", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 32 in length.")


def letters(part: Json) -> int:
    """How much of Discord's room for one command this part of it takes."""
    own = sum(len(str(part.get(key) or "")) for key in ("name", "description", "value"))
    return own + sum(letters(inner) for key in ("options", "choices") for inner in part.get(key) or [])


def check_option(option: Json, path: str) -> None:
    check_named(option, path)
    parts(option, "choices", path)
    for index, inner in enumerate(parts(option, "options", path)):
        check_option(inner, f"{path}options.{index}.")


def check_named(part: Json, path: str) -> None:
    name = str(part.get("name", ""))
    if not NAME.match(name) or name != name.lower():
        raise invalid_form(f"{path}name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
    if not 1 <= len(str(part.get("description", ""))) <= 100:
        raise invalid_form(f"{path}description", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")


def parts(command: Json, key: str, path: str) -> list[Json]:
    listed: list[Json] = command.get(key) or []
    if len(listed) > PARTS_MAX:
        raise invalid_form(f"{path}{key}", "BASE_TYPE_MAX_LENGTH", f"Must be {PARTS_MAX} or fewer in length.")
    return listed


def listed(world: World, guild_id: int | None) -> list[Json]:
    """The commands of one scope: a guild's, or the global ones."""
    wanted = None if guild_id is None else str(guild_id)
    return [command for command in world.commands.values() if command.get("guild_id") == wanted]


def find(world: World, command_id: int) -> Json:
    if command_id not in world.commands:
        raise refusal(10063)
    return world.commands[command_id]


def register(world: World, guild_id: int | None, given: Json) -> Json:
    """Adds a command, or replaces the one of the same name and type in the same scope (it keeps its id)."""
    check(given)
    kind = given.get("type", CHAT_INPUT)
    scope = listed(world, guild_id)
    same = next((each for each in scope if (each["name"], each["type"]) == (given["name"], kind)), None)
    most = COMMANDS_MAX if kind == CHAT_INPUT else MENUS_MAX
    if same is None and len([each for each in scope if each["type"] == kind]) >= most:
        raise refusal(30032)
    command_id = int(same["id"]) if same else world.ids.next()
    world.commands[command_id] = shape(world, command_id, guild_id, given)
    return world.commands[command_id]


def replace_all(world: World, guild_id: int | None, given: list[Json]) -> list[Json]:
    """Makes the scope hold exactly these commands; nothing changes when one of them is refused."""
    for index, command in enumerate(given):
        check(command, f"{index}.")
    names = {(command["name"], command.get("type", CHAT_INPUT)) for command in given}
    for old in listed(world, guild_id):
        if (old["name"], old["type"]) not in names:
            del world.commands[int(old["id"])]
    return [register(world, guild_id, command) for command in given]


def shape(world: World, command_id: int, guild_id: int | None, given: Json) -> Json:
    defaults: Json = {
        "type": CHAT_INPUT,
        "description": "",
        "default_member_permissions": None,
        "nsfw": False,
        "dm_permission": True,
        "contexts": None,
        "integration_types": [0],
        "name_localizations": None,
        "description_localizations": None,
    }
    identity = {
        "id": str(command_id),
        "application_id": str(world.application.id),
        "version": str(world.ids.next()),
    }
    scope = {} if guild_id is None else {"guild_id": str(guild_id)}
    return {**defaults, **given, **identity, **scope}


def named(world: World, words: str, kind: int = CHAT_INPUT) -> tuple[Json, list[str], list[Json]]:
    """Finds "hangout here": the command, the names of its group and subcommand, and the options of what is run."""
    first, *rest = [words] if kind != CHAT_INPUT else words.strip().removeprefix("/").split()
    found = [each for each in world.commands.values() if (each["name"], each["type"]) == (first, kind)]
    if not found:
        raise LookupError(f"No command is registered under the name {first!r}.")
    command: Json = max(found, key=lambda each: "guild_id" in each)  # a guild's command hides the global one
    options: list[Json] = command.get("options") or []
    for word in rest:
        inner: Any = next((each for each in options if each["name"] == word and each["type"] in {1, 2}), None)
        if inner is None:
            raise LookupError(f"/{command['name']} has no subcommand {word!r}.")
        options = inner.get("options") or []
    if any(each["type"] in {1, 2} for each in options):
        raise LookupError(f"/{words} needs a subcommand: {', '.join(each['name'] for each in options)}.")
    return command, rest, options
