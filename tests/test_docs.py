"""What is written stays true: the pages are held against the code, by what can be read out of both.

Every exception stands in a table here, with its reason.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import discord
import pytest
from aiohttp import web

from cogs.doctor import NEEDED
from db.chats import Waiting
from db.config import Config
from db.errors import Forbidden, NotFound, Refused
from db.events import Read
from db.rooms import Manner
from db.version import VERSION
from web import _incoming, errors, frames, notes
from web.routes import ROUTES

ROOT = Path(__file__).parents[1]
PAGES = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    *sorted(f"docs/{path.name}" for path in ROOT.glob("docs/*.md")),
)
DELIVERY = ("compose.yaml", "Dockerfile", ".env.example", "config.toml", "run")
KEYS = {(section, key) for section in Config.__struct_fields__ for key in getattr(Config(), section).__struct_fields__}
VARIABLES = {f"{section}_{key}".upper() for section, key in KEYS}

# What the configuration does not know, and why it may be named.
OTHER_VARIABLES = {
    "PRACTICE_PORT": "practice/demo.py",
    "POSTGRES_PASSWORD": "compose.yaml",
    "POSTGRES_USER": "PostgreSQL's image",
    "POSTGRES_DB": "PostgreSQL's image",
    "APPLICATION_ID": "stands for the reader's own in Discord's address",
    "SECTION_KEY": "stands for any",
    **dict.fromkeys(("TIDES_BASE_URL", "TIDES_STATION", "TIDES_PERIOD"), "the example of a source in docs/cards.md"),
}
# Files that are only there once somebody has made them.
MADE_LATER = {
    "projects.toml",
    "data",
    "data/demo",
    "data/media",
    "data/postgres",
    "data/discord-token",
    ".env",
    "porchlight.dump",
}
# Codes of refusals that no client of the protocol meets.
INNER_CODES = {"refused": "the default, which nothing that leaves the house uses"}


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def outside_blocks(name: str) -> str:
    return re.sub(r"^ *```.*?^ *```$", "", text_of(name), flags=re.MULTILINE | re.DOTALL)


def code_spans(name: str) -> list[str]:
    return re.findall(r"`([^`\n]+)`", outside_blocks(name))


def commands(name: str) -> str:
    """All that a reader may type: code in lines and in blocks."""
    return "\n".join(
        [*re.findall(r"^ *```\w*\n(.*?)^ *```$", text_of(name), re.MULTILINE | re.DOTALL), *code_spans(name)]
    )


@cache
def trees(package: str) -> list[ast.Module]:
    single = ROOT / f"{package}.py"
    paths = [single] if single.exists() else sorted((ROOT / package).rglob("*.py"))
    return [ast.parse(path.read_text(encoding="utf-8")) for path in paths]


def texts_in(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value


@cache
def words_of_the_program() -> str:
    """Everything that it may say: in logs, in answers and on its pages."""
    said = [
        text
        for package in ("db", "cogs", "web", "practice", "bot")
        for tree in trees(package)
        for text in texts_in(tree)
    ]
    shown = [*ROOT.glob("practice/static/*.js"), *ROOT.glob("practice/templates/*"), *ROOT.glob("static/**/*.js")]
    shown += ROOT.glob("templates/**/*.html")
    return "\n".join([*said, *(path.read_text(encoding="utf-8") for path in shown)])


# What a reader types


@pytest.mark.parametrize("name", [*PAGES, *DELIVERY])
def test_every_environment_variable_that_is_named_exists(name: str) -> None:
    text = commands(name) if name.endswith(".md") else text_of(name)
    named = set(re.findall(r"(?<![\w./-])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?=[\s=`:}\])?,.-]|$)", text))
    sections = {section.upper() for section in Config.__struct_fields__}
    known = VARIABLES | {f"{variable}_FILE" for variable in VARIABLES} | set(OTHER_VARIABLES)
    ours = {one for one in named if one.split("_")[0] in sections or name.endswith(".md")}
    assert ours - known == set()


@pytest.mark.parametrize("name", PAGES)
def test_every_option_that_is_named_exists(name: str) -> None:
    named = set(re.findall(r"\[([a-z]+)\] ([a-z_]+)", text_of(name)))
    assert named - KEYS == set()


@pytest.mark.parametrize("name", [*PAGES, "compose.yaml", ".env.example", "config.toml"])
def test_every_command_that_is_named_exists(name: str) -> None:
    cases = re.findall(r"^    ([a-z]+[ a-z|-]*)\)", text_of("run"), re.MULTILINE)
    words = {word for case in cases for word in case.split(" | ")}
    assert {"serve", "demo", "test"} <= words
    text = text_of(name)
    assert set(re.findall(r"\./run ([a-z]+)(?=[`\s\"]|$)", text)) - words == set()
    benchmarks = {path.stem for path in ROOT.glob("bench/[a-z]*.py")}
    assert set(re.findall(r"\./run bench ([a-z]+)", text)) - benchmarks == set()
    ways = set(re.findall(r"`([a-z]+)[` ]", ast.get_docstring(ast.parse(text_of("bot.py"))) or ""))
    assert set(re.findall(r"bot\.py ([a-z]+)(?=[`\n])", text)) <= ways >= {"check", "restore"}
    [hangout] = [tree for tree in trees("cogs") if "/hangout here" in (ast.get_docstring(tree) or "")]
    offered = {node.name for node in ast.walk(hangout) if isinstance(node, ast.AsyncFunctionDef)}
    assert set(re.findall(r"(?<=[`\s])/hangout ([a-z]+)", text)) - offered == set()


@pytest.mark.parametrize("name", PAGES)
def test_every_file_that_is_named_exists(name: str) -> None:
    ends = r"(?:py|md|toml|yaml|txt|in|sql|html|js|example|dump)"
    pattern = re.compile(rf"(?:\./)?(?:[\w-][\w.-]*/)*[\w.-]+\.{ends}|[\w-][\w./-]*/|\.env|\.ci/run")
    named = {span.rstrip("/") for span in code_spans(name) if pattern.fullmatch(span)}
    assert {one for one in named - MADE_LATER if not (ROOT / one).exists()} == set()


@pytest.mark.parametrize("name", PAGES)
def test_every_address_that_is_named_is_served(name: str) -> None:
    app = web.Application()
    app.router.add_routes(ROUTES)
    methods = {resource: {route.method for route in resource} for resource in app.router.resources()}
    for span in code_spans(name):
        if not (found := re.fullmatch(r"(?:(GET|POST) )?(/[\w./-]*)(?:\?\S*)?", span)) or span.startswith("/etc/"):
            continue
        if (span.startswith("/srv/") and name == "docs/deploy.md") or span == "/hangout here":
            continue  # folders of the machine it is put on
        served = [methods[one] for one in methods if serves(one.get_info(), found[2])]
        assert served, span
        assert found[1] is None or any(found[1] in some for some in served), span


def serves(info: object, path: str) -> bool:
    assert isinstance(info, dict)
    return info["pattern"].fullmatch(path) is not None if "pattern" in info else info["path"] == path


@pytest.mark.parametrize("name", PAGES)
def test_every_link_within_the_project_leads_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", text_of(name)):
        if target.startswith(("http:", "https:")):
            continue
        path, _, anchor = target.partition("#")
        there = (ROOT / name).parent / path if path else ROOT / name
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target


def anchors(page: Path) -> set[str]:
    """The names that headings get where the pages are read."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", ["README.md", "docs/discord.md"])
def test_the_programs_own_words_are_quoted_as_it_says_them(name: str) -> None:
    quoted = [span for span in code_spans(name) if re.fullmatch(r"[A-Z][a-z]*(?: \S+){2,}", span)]
    assert quoted
    assert [span for span in quoted if span not in words_of_the_program()] == []


def test_the_readme_has_the_place_that_the_program_points_to() -> None:
    pointed = set(re.findall(r"'(Connect [A-Z]\w+)'", words_of_the_program() + text_of(".env.example")))
    assert pointed == {"Connect Discord"}
    assert "\n## Connect Discord\n" in text_of("README.md")


def test_the_invitation_asks_for_what_the_doctor_looks_for_and_no_more() -> None:
    wanted = discord.Permissions(**dict.fromkeys(NEEDED, True)).value
    for name in ("README.md", "docs/discord.md"):
        assert re.findall(r"permissions=(\d+)", text_of(name)) == [str(wanted)], name
        assert all(label in text_of(name) for label in NEEDED.values()), name


# Delivery


def test_the_example_of_dot_env_has_every_variable_of_the_composition_and_no_other() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+)", text_of("compose.yaml")))
    assert set(re.findall(r"^([A-Z_]+)=", text_of(".env.example"), re.MULTILINE)) == asked


def test_the_changelog_and_the_project_know_the_version() -> None:
    assert re.search(rf"^## {re.escape(VERSION)}\b", text_of("CHANGELOG.md"), re.MULTILINE)
    assert f'\nversion = "{VERSION}"\n' in text_of("pyproject.toml")


def test_the_version_stands_in_one_module_only() -> None:
    assigned = [
        path.relative_to(ROOT).as_posix()
        for package in ("db", "cogs", "web", "practice")
        for path in (ROOT / package).rglob("*.py")
        if re.search(r"^VERSION\s*(?::.*)?=", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert assigned == ["db/version.py"]


# The protocol


def section(heading: str, until: str) -> str:
    return text_of("docs/protocol.md").split(heading, 1)[1].split(until, 1)[0]


def first_cells(table: str) -> dict[str, str]:
    """The names in the first column of a table, each with the rest of its row."""
    body = table.partition("|---")[2]
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|(.*)$", body, re.MULTILINE)
    return {name: rest for cell, rest in rows for name in re.findall(r"`(\w+)`", cell)}


def test_the_frames_from_clients_are_those_that_the_socket_takes() -> None:
    documented = first_cells(section("From the client:", "From the server:"))
    taken = {kind.__struct_config__.tag: kind for kind in get_args(_incoming.InChat.type)}
    assert set(get_args(_incoming.Incoming.type)) == set(taken.values()) - {_incoming.Read}
    assert documented.keys() == taken.keys()
    assert [set(re.findall(r"`(\w+)`\??", documented["send"].split("|")[0]))] == [set(taken["send"].__struct_fields__)]
    optional = set(re.findall(r"`(\w+)`\?", documented["send"]))
    assert optional == set(taken["send"].__struct_fields__[-len(taken["send"].__struct_defaults__) :])


def sent_types() -> set[str]:
    written = {
        str(value.value)
        for tree in trees("web")
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and key.value == "type" and isinstance(value, ast.Constant)
    }
    return written | set(frames.TYPES.values())


def test_the_frames_from_the_server_are_those_that_it_sends_or_reserves() -> None:
    documented = set(first_cells(section("From the server:", "\n`hello.messages`")))
    documented |= set(first_cells(section("## Comments", "## What waits")))
    documented |= set(first_cells(section("## What waits", "What is said")))
    documented |= set(first_cells(section("## Live cards", "A card that is new")))
    reserved = set(re.findall(r"`(\w+)`", section("An `ack` comes before", " reserved").split(".", 1)[1]))
    assert documented <= sent_types() <= documented | reserved
    assert documented & reserved == set()


def returned_keys(module: str, function: str) -> set[str]:
    tree = ast.parse(text_of(module))
    [found] = [
        node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == function
    ]
    [returned] = [node.value for node in ast.walk(found) if isinstance(node, ast.Return)]
    assert isinstance(returned, ast.Dict)
    return {str(key.value) for key in returned.keys if isinstance(key, ast.Constant)} - {"type"}


def test_the_fields_of_the_hello_a_person_and_a_message_are_those_that_are_sent() -> None:
    hello = first_cells(section("From the server:", "\n`hello.messages`"))["hello"]
    assert set(re.findall(r"`(\w+)`", hello)) == returned_keys("web/hall.py", "hello") | {"room"}
    person = section("A **person**: ", " A **message**:")
    assert set(re.findall(r"`(\w+)`(?! or| \(bool\))", person)) - {"discord"} | {"owner"} == returned_keys(
        "web/frames.py", "person"
    )
    message = re.sub(r"\([^)]*\)", "", section("A **message**: ", "Ids are strings"))
    assert set(re.findall(r"`(\w+)`", message)) == returned_keys("web/frames.py", "message")


def fields_in(cell: str) -> set[str]:
    return set(re.findall(r"`(\w+)`", re.sub(r"\([^)]*\)", "", cell)))


def test_the_fields_of_a_chats_own_frames_are_those_that_are_sent() -> None:
    documented = first_cells(section("## Chats", "\n`here` are"))
    assert fields_in(documented["hello"]) == returned_keys("web/chat_halls.py", "hello") | {"room"}
    assert fields_in(documented["presence"]) == frames.here([5]).keys() - {"type"}
    read = first_cells(section("From the server:", "\n`hello.messages`"))["read"]
    assert fields_in(read) == frames.read(Read(1, 2, 3)).keys() - {"type"}
    room = first_cells(section("From the server:", "\n`hello.messages`"))["room"]
    assert fields_in(room) == frames.room(Manner(), "", "", "", on_record=False).keys() - {"type"}
    record = first_cells(section("From the server:", "\n`hello.messages`"))["record"]
    assert fields_in(record) == frames.nothing_on_record().keys() - {"type"}


def test_the_fields_of_what_waits_are_those_that_are_sent() -> None:
    documented = first_cells(section("## What waits", "What is said"))
    before = Waiting({5: (1, "Ada", False), 6: (0, "Bea", False)}, 0, None)
    after = Waiting({5: (2, "Ada", True)}, 1, "Cleo")
    sent = [notes.hello(before), *notes.news(before, after)]
    assert {frame["type"] for frame in sent} == documented.keys()
    for frame in sent:
        assert fields_in(documented[frame["type"]]) == frame.keys() - {"type"}


def test_the_fields_of_live_cards_frames_are_those_that_are_sent() -> None:
    documented = first_cells(section("## Live cards", "A card that is new"))
    made = {"hello": "hello", "card": "news", "ages": "still", "lamp": "lamp"}
    assert documented.keys() == made.keys()
    for name, function in made.items():
        assert fields_in(documented[name]) == returned_keys("web/live_cards.py", function), name
    assert returned_keys("web/live_cards.py", "gone") == returned_keys("web/live_cards.py", "news")


def refused_codes() -> set[str]:
    """Every code that a refusal can carry: given where it is raised, or by the kind of refusal."""
    codes = {code for code, _ in errors.SENTENCES.values()} | {errors.FAULT[0]}
    for tree in (*trees("db"), *trees("web")):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                codes |= set(code_given(node))
            elif isinstance(node, ast.FunctionDef) and node.name == "__init__":
                codes |= set(code_by_default(node))
    return codes - set(INNER_CODES)


def code_given(call: ast.Call) -> Iterator[str]:
    name = ast.unparse(call.func)
    place = {"Refused": 1, "Forbidden": 1, "NotFound": 1, "Misdirected": 1, "super().__init__": 1, "frames.error": 0}
    given = [*call.args[place[name] : place[name] + 1]] if name in place else []
    yield from (one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str))


def code_by_default(function: ast.FunctionDef) -> Iterator[str]:
    named = function.args.args[len(function.args.args) - len(function.args.defaults) :]
    for argument, default in zip(named, function.args.defaults, strict=True):
        if argument.arg == "code" and isinstance(default, ast.Constant):
            yield str(default.value)


def test_the_error_codes_are_those_that_are_given() -> None:
    by_socket = set(first_cells(section("### Errors", "### Closing")))
    by_http = re.findall(r"^\| [\d, ]+ \|([^|]+)\|", section("## Without a socket", "\0"), re.MULTILINE)
    documented = by_socket | {code for cell in by_http for code in re.findall(r"`(\w+)`", cell)}
    assert documented == refused_codes()


def documented_statuses() -> dict[str, str]:
    by_socket = {code: rest.split("|")[0] for code, rest in first_cells(section("### Errors", "### Closing")).items()}
    rows = re.findall(r"^\| ([\d, ]+) \|([^|]+)\|", section("## Without a socket", "\0"), re.MULTILINE)
    by_http = [(code, statuses) for statuses, codes in rows for code in re.findall(r"`(\w+)`", codes)]
    return {code: by_socket.get(code, "") + dict(by_http).get(code, "") for code in {*by_socket, *dict(by_http)}}


def test_the_statuses_of_refusals_by_http_are_those_that_are_given() -> None:
    documented = documented_statuses()
    for status, (code, _) in errors.SENTENCES.items():
        assert str(status) in documented[code], code
    kinds = {"Refused": Refused.status, "Forbidden": Forbidden.status, "NotFound": NotFound.status}
    for node in (node for tree in (*trees("db"), *trees("web")) for node in ast.walk(tree)):
        if isinstance(node, ast.Call) and (name := ast.unparse(node.func)) in kinds:
            for code in code_given(node):
                assert str(kinds[name]) in documented[code], code


def test_the_close_codes_that_are_sent_are_explained() -> None:
    explained = {int(code) for code in re.findall(r"^\| (\d{4}) \|", section("### Closing", "## "), re.MULTILINE)}
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "web").glob("*.py"))
    sent = {int(code) for code in re.findall(r"(?:close\(code=|closing\()(\d{4})", source)}
    assert {1008, 1011, 1012, 1013} <= sent <= explained
