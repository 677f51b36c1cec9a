"""The house keeps its shape: who may import whom, what a first argument promises, how things are named and sized.

Every exception stands in a table here, with its reason.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("db", "cogs", "web", "practice", "bench", "tests")
PRODUCTION = ("db", "cogs", "web")

# package: (what of this project it may import, what of others it never imports)
MAY_IMPORT: dict[str, tuple[set[str], set[str]]] = {
    "db": ({"db"}, {"discord", "aiohttp", "jinja2", "aiohttp_jinja2", "aiohttp_session", "markupsafe"}),
    "cogs": ({"db", "cogs"}, {"asyncpg"}),
    "web": ({"db", "web"}, {"discord", "asyncpg"}),
    "bot": ({"db", "cogs", "web"}, set()),
    "practice": ({"practice"}, set()),
}

# db modules that are no nouns: they are what acts stand on, and have contracts of their own.
NO_NOUNS = {
    "db.backups": "runs PostgreSQL's own programs, and knows the way back before there is a store",
    "db.blobs": "keeps bytes by name, and knows of no database",
    "db.children": "starts and ends processes",
    "db.config": "reads files before anything is opened",
    "db.darkroom": "runs a process that unpacks a picture",
    "db.doctor": "looks at a database from outside, before there is a store",
    "db.embedded": "runs a server",
    "db.fanout": "carries announcements between processes",
    "db.leadership": "holds a connection of its own for as long as it leads",
    "db.loops": "runs what is given to it",
    "db.migrate": "brings the database up to date before there is a store",
    "db.press": "runs processes that draw texts",
    "db.opening": "opens the store",
    "db.writer": "the one batching writer of a room: queues, and commits for many at once",
}

# module.function: why it may break the first-argument contract
CONTRACT_EXCEPTIONS: dict[str, str] = {"db.moving.run": "a command of its own, which opens the store and closes it"}

# module: why it may hold a statement though it is not in db
STATEMENT_EXCEPTIONS = {"web.health": "asks whether the database answers at all, and nothing else"}

# module.function, why it may be longer than 45 lines; module, why it may be longer than 260
SIZE_EXCEPTIONS: dict[str, str] = {}

FORBIDDEN_NAMES = re.compile(r"(^|_)(utils?|helpers?|managers?|services?)(_|$)|(Util|Helper|Manager|Service)s?$")
DATABASE_CALLS = {"execute", "executemany", "fetch", "fetchrow", "fetchval", "fetchmany", "cursor", "prepare"}
SQL_HEAD = re.compile(r"\s*/\* ([a-z_]+)\.[a-z_]+ \*/")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def modules(package: str) -> dict[str, ast.Module]:
    """Every module of a package (or the single module bot.py), parsed, by its dotted name."""
    single = ROOT / f"{package}.py"
    paths = [single] if single.exists() else sorted((ROOT / package).rglob("*.py"))
    return {module_name(path): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def imported(name: str, tree: ast.Module) -> Iterator[str]:
    """The dotted names that a module imports, wherever in it and for whatever reason."""
    is_package = (ROOT / Path(*name.split(".")) / "__init__.py").exists()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = name.split(".")[: len(name.split(".")) - node.level + is_package] if node.level else []
            source = ".".join([*base, *([node.module] if node.module else [])])
            yield source
            yield from (f"{source}.{alias.name}" for alias in node.names)


def functions(tree: ast.Module) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def noun_of(name: str) -> str:
    return ".".join(name.split(".")[:2])


# Direction


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_nobody_imports_against_the_direction(package: str) -> None:
    ours, never = MAY_IMPORT[package]
    project = {*PACKAGES, "bot"}
    wrong = {
        f"{name} imports {source}"
        for name, tree in modules(package).items()
        for source in imported(name, tree)
        if (top := source.split(".")[0]) in never or (top in project and top not in ours)
    }
    assert wrong == set()


def test_no_cog_imports_another_or_asks_for_it_by_name() -> None:
    extensions = {
        name for name, tree in modules("cogs").items() if any(function.name == "setup" for function in functions(tree))
    }
    assert extensions, "there are cogs"
    wrong = {
        f"{name} imports {source}"
        for name in extensions
        for source in imported(name, modules("cogs")[name])
        if source in extensions - {name}
    }
    assert wrong == set()
    for package in (*PRODUCTION, "bot"):
        for name, tree in modules(package).items():
            asked = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "get_cog"]
            assert not asked, name


# The first argument


def promises(function: Function) -> str:
    """`store`, `conn`, or `plain`: what the first parameter says about the function."""
    parameters = [*function.args.posonlyargs, *function.args.args]
    first = parameters[0] if parameters else None
    kind = ast.unparse(first.annotation) if first and first.annotation else ""
    if kind == "Store" or (first and first.arg == "store"):
        return "store"
    return "conn" if kind == "Conn" or (first and first.arg == "conn") else "plain"


def broken_promises(function: Function) -> Iterator[str]:
    promise = promises(function)
    nodes = list(chain.from_iterable(ast.walk(statement) for statement in function.body))
    called = {node.func.attr for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)}
    if promise == "conn" and called & {"transaction", "announce"}:
        yield "has a connection only, and opens a transaction or announces"
    waits = isinstance(function, ast.AsyncFunctionDef) or any(isinstance(node, ast.Await) for node in nodes)
    if promise == "plain" and waits:
        yield "has plain values only, and waits"


def test_the_first_argument_of_every_function_of_a_noun_is_its_contract() -> None:
    wrong = {
        f"{name}.{function.name} {broken}"
        for name, tree in modules("db").items()
        if noun_of(name) not in NO_NOUNS
        for function in tree.body
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for broken in broken_promises(function)
        if f"{name}.{function.name}" not in CONTRACT_EXCEPTIONS
    }
    assert wrong == set()


# SQL


def text_of(node: ast.expr, constants: dict[str, ast.expr]) -> str | None:
    """The text of a literal, of an f-string (holes left open), or of a constant of the module; else None."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)
        case ast.Name(id=name) if name in constants:
            return text_of(constants[name], {})
    return None


def statements(tree: ast.Module) -> Iterator[str]:
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in DATABASE_CALLS:
            for argument in node.args[:1]:
                if (text := text_of(argument, constants)) is not None:
                    yield text


def test_every_statement_names_its_caller_and_its_columns() -> None:
    wrong = set()
    for name, tree in modules("db").items():
        nouns = {part.lstrip("_") for part in name.split(".")[1:]}
        for sql in statements(tree):
            head = SQL_HEAD.match(sql)
            if not head or head[1] not in nouns:
                wrong.add(f"{name}: {sql[:60]!r} does not begin with /* {name.split('.')[1]}.function */")
            if re.search(r"select\s+(\w+\.)?\*", sql, re.IGNORECASE):
                wrong.add(f"{name}: {sql[:60]!r} selects *")
    assert wrong == set()


def test_statements_stand_in_db_only() -> None:
    for package in ("cogs", "web", "bot"):
        for name, tree in modules(package).items():
            texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
            stated = [text for text in texts if isinstance(text, str) and SQL_HEAD.match(text)]
            assert not stated or name in STATEMENT_EXCEPTIONS, name


# Names and sizes


def test_nothing_is_named_for_having_no_name() -> None:
    wrong = set()
    for package in (*PACKAGES, "bot"):
        for name, tree in modules(package).items():
            wrong |= {name for part in name.split(".") if FORBIDDEN_NAMES.search(part)}
            defined = (node for node in ast.walk(tree) if isinstance(node, Function | ast.ClassDef))
            wrong |= {f"{name}.{node.name}" for node in defined if FORBIDDEN_NAMES.search(node.name)}
    assert wrong == set()


def test_the_composition_root_fits_on_a_page_or_two() -> None:
    assert len((ROOT / "bot.py").read_text(encoding="utf-8").splitlines()) <= 110


def length(node: Function) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


@pytest.mark.parametrize("package", [*PRODUCTION, "practice"])
def test_files_and_functions_stay_small(package: str) -> None:
    long_files = {
        name: lines
        for name, tree in modules(package).items()
        if (lines := max((node.end_lineno or 0 for node in tree.body), default=0)) > 260
    }
    long_functions = {
        f"{name}.{function.name}": length(function)
        for name, tree in modules(package).items()
        for function in functions(tree)
        if length(function) > 45
    }
    assert {name: size for name, size in (long_files | long_functions).items() if name not in SIZE_EXCEPTIONS} == {}


@pytest.mark.parametrize("package", [*PRODUCTION, "bot"])
def test_every_module_says_in_its_docstring_what_it_is(package: str) -> None:
    assert [name for name, tree in modules(package).items() if not ast.get_docstring(tree)] == []


def test_the_tables_above_name_only_what_there_is() -> None:
    there = {noun_of(name) for name in modules("db")}
    assert set(NO_NOUNS) <= there
    everything = {
        f"{name}.{function.name}"
        for package in (*PRODUCTION, "practice")
        for name, tree in modules(package).items()
        for function in functions(tree)
    } | {name for package in (*PRODUCTION, "practice") for name in modules(package)}
    assert {*CONTRACT_EXCEPTIONS, *SIZE_EXCEPTIONS} <= everything
