"""The configuration: the file is the reference, one rule overrides it, and what is wrong gets one sentence."""

import multiprocessing
import re
import stat
import tomllib
from pathlib import Path

import msgspec
import pytest

from db.config import Config, ConfigError, Data, Web, load, secret_key

ROOT = Path(__file__).parents[1]
SECTIONS = Config.__struct_fields__
KEYS = [(section, key) for section in SECTIONS for key in getattr(Config(), section).__struct_fields__]


def refusal(environ: dict[str, str]) -> str:
    with pytest.raises(ConfigError) as refused:
        load(environ)
    sentence = refused.value.sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


@pytest.fixture
def written(tmp_path: Path):
    """Writes a configuration file and returns the environment that names it."""

    def write(text: str) -> dict[str, str]:
        path = tmp_path / "mine.toml"
        path.write_text(text, encoding="utf-8")
        return {"CONFIG": str(path)}

    return write


def test_the_file_has_every_option_with_its_default_and_nothing_else() -> None:
    file = tomllib.loads((ROOT / "config.toml").read_text(encoding="utf-8"))
    assert [(section, key) for section in file for key in file[section]] == KEYS
    defaults = msgspec.to_builtins(Config())
    for section, key in KEYS:
        default = defaults[section][key]
        is_no_id = section in {"discord", "lanyard"} and default == 0
        expected = "" if is_no_id or default is None else default
        assert file[section][key] == (list(expected) if isinstance(expected, tuple) else expected), (section, key)
    assert load({}) == Config()


def test_every_option_of_the_file_has_a_comment() -> None:
    lines = (ROOT / "config.toml").read_text(encoding="utf-8").splitlines()
    uncommented = [line for line in lines if re.match(r"\w+ = ", line) and not re.search(r"  # \S", line)]
    assert uncommented == []


def test_a_key_left_out_keeps_its_default_and_the_file_may_be_missing(written, monkeypatch, tmp_path: Path) -> None:
    assert load(written("[web]\nport = 9000\n")) == Config(web=Web(port=9000))
    monkeypatch.setattr("db.config._reading.ROOT", tmp_path)
    assert load({}) == Config()


def test_the_environment_wins_over_the_file_whatever_the_type(written) -> None:
    config = load(
        written('[web]\nport = 9000\n[hangout]\nrate = 3\n[discord]\nguild_id = "7"\nchannel_id = 8\n')
        | {
            "WEB_PORT": "9001",
            "HANGOUT_RATE": "0.5",
            "WEB_TRUSTED_PROXIES": "10.0.0.0/8, ::1",
            "DISCORD_OWNER_ID": "80351110224678912",
            "LOG_LEVEL": "DEBUG",
            "SITE_NAME": "A house",
        }
    )
    assert (config.web.port, config.hangout.rate, config.discord.owner_id) == (9001, 0.5, 80351110224678912)
    assert (config.discord.guild_id, config.discord.channel_id) == (7, 8)
    assert (config.web.trusted_proxies, config.log.level, config.site.name) == (
        ("10.0.0.0/8", "::1"),
        "debug",
        "A house",
    )


def test_port_is_taken_for_the_webs_port_unless_that_is_given() -> None:
    assert load({"PORT": "5000"}).web.port == 5000
    assert load({"PORT": "5000", "WEB_PORT": "6000"}).web.port == 6000
    assert load({"PORT": ""}).web.port == 8080


def test_names_of_strangers_in_the_environment_are_ignored() -> None:
    assert load({"WEB_CONCURRENCY": "4", "DATA": "x", "LOG_COLOUR": "x", "HOME": "/", "PATH": ""}) == Config()


def test_a_secret_is_read_from_a_file_without_the_newline_at_its_end(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("abc.def\n")
    assert load({"DISCORD_TOKEN_FILE": str(tmp_path / "token"), "DISCORD_TOKEN": ""}).discord.token == "abc.def"


def test_a_secret_given_twice_or_not_to_be_read_is_refused_without_showing_it(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("abc.def\n")
    twice = refusal({"DISCORD_TOKEN_FILE": str(tmp_path / "token"), "DISCORD_TOKEN": "s3cret"})
    assert "DISCORD_TOKEN and DISCORD_TOKEN_FILE" in twice
    assert "s3cret" not in twice
    assert "DISCORD_TOKEN_FILE" in refusal({"DISCORD_TOKEN_FILE": str(tmp_path / "nothing")})
    (tmp_path / "token").write_bytes(b"\xff\xfe\x00")
    assert "not UTF-8" in refusal({"DISCORD_TOKEN_FILE": str(tmp_path / "token")})


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[web]\nprot = 1", r"\[web\] prot \(did you mean port\?\)"),
        ("[wbe]\nport = 1", r"section \[wbe\] \(did you mean web\?\)"),
        ("port = 1", "key port outside the sections"),
        ("web = 1", r"\[web\] in mine.toml must be a section"),
        ("[web]\nport = '8080'", r"\[web\] port in mine.toml must be a whole number from 0 to 65535"),
        ("[web]\nport = 80.5", r"\[web\] port"),
        ("[web]\nport = true", r"\[web\] port"),
        ("[web]\nport = [1]", r"\[web\] port"),
        ("[web]\nhost = ''", r"\[web\] host"),
        ("[web]\nbase_url = 'example.org'", r"\[web\] base_url"),
        ("[web]\nbase_url = 'ftp://example.org'", r"\[web\] base_url"),
        ("[web]\nbase_url = 'https://example.org/blog'", r"\[web\] base_url .* without a path"),
        ("[web]\nbase_url = 'https://[::1'", r"\[web\] base_url"),
        ("[web]\nsecret_key = 'short'", r"\[web\] secret_key"),
        ("[web]\ntrusted_proxies = '10.0.0.0/8'", r"\[web\] trusted_proxies"),
        ("[web]\ntrusted_proxies = ['everybody']", r"\[web\] trusted_proxies"),
        ("[database]\npool_min = -1", r"\[database\] pool_min"),
        ("[database]\npool_min = 9\npool_max = 2", r"\[database\] pool_min must not be above \[database\] pool_max"),
        ("[database]\nurl = 'mysql://x'", r"\[database\] url"),
        ("[redis]\nurl = 'localhost'", r"\[redis\] url"),
        ("[discord]\nowner_id = 'me'", r"\[discord\] owner_id .* digits"),
        ("[discord]\nowner_id = -5", r"\[discord\] owner_id"),
        ("[discord]\ntoken = 'a b'", r"\[discord\] token"),
        ("[discord]\ngateway_url = 'https://x.org'", r"\[discord\] gateway_url .* ws://"),
        ("[discord]\napi_base = ''", r"\[discord\] api_base"),
        ("[media]\nbucket = 'b'\naccess_key = 'a'", r"\[media\] bucket needs .*\[media\] secret_key"),
        ("[media]\nendpoint = 's3.example.org'", r"\[media\] endpoint"),
        ("[media]\nupload_max = 5", r"\[media\] upload_max"),
        ("[hangout]\nname_max = 1", r"\[hangout\] name_max .* 2 to 80"),
        ("[hangout]\nname_max = 81", r"\[hangout\] name_max"),
        ("[hangout]\ncontent_max = 2001", r"\[hangout\] content_max"),
        ("[hangout]\nrate = 0", r"\[hangout\] rate"),
        ("[hangout]\nrate = nan", r"\[hangout\] rate"),
        ("[hangout]\naddress_rate = inf", r"\[hangout\] address_rate"),
        ("[site]\nname = ''", r"\[site\] name"),
        ('[site]\nname = "two\\nlines"', r"\[site\] name"),
        ("[site]\nlanguage = 'english please'", r"\[site\] language"),
        ("[weather]\nlatitude = 90.5", r"\[weather\] latitude .* empty or degrees from -90 to 90"),
        ("[weather]\nlongitude = nan", r"\[weather\] longitude"),
        ("[weather]\nlatitude = 'north'", r"\[weather\] latitude"),
        ("[mastodon]\naccount = 'https://example.social/@robin'", r"\[mastodon\] account .* not the address of a page"),
        ("[github]\nuser = 'https://github.com/robin'", r"\[github\] user"),
        ("[lastfm]\nuser = 'last.fm/user/robin'", r"\[lastfm\] user"),
        ("[bluesky]\nhandle = 'https://bsky.app/profile/robin'", r"\[bluesky\] handle"),
        ("[process]\nrole = 'worker'", r"\[process\] role .*\"all\" or \"web\""),
        ("[log]\nlevel = 'loud'", r"\[log\] level"),
        ("[web\nport = 1", "not valid TOML at line 1"),
    ],
)
def test_what_is_wrong_in_the_file_is_named_in_one_sentence(written, text: str, named: str) -> None:
    assert re.search(named, refusal(written(text)))


@pytest.mark.parametrize(
    ("variable", "value"),
    [("WEB_PORT", "x"), ("WEB_PORT", ""), ("WEB_PORT", "65536"), ("WEB_PORT", "-1"), ("WEB_PORT", "٣"), ("PORT", "x"),
     ("HANGOUT_RATE", "fast"), ("HANGOUT_RATE", "nan"), ("HANGOUT_BURST", "1.5"), ("DISCORD_OWNER_ID", "9" * 5000)],
)  # fmt: skip
def test_what_is_wrong_in_the_environment_is_named_with_its_variable(variable: str, value: str) -> None:
    assert f"({variable} in the environment) must be" in refusal({variable: value})


@pytest.mark.parametrize(
    ("environ", "off", "half"),
    [
        ({}, "[weather] place, latitude and longitude are needed.", ""),
        (
            {"PLACE": "Kiel"},
            "[weather] latitude and longitude are needed.",
            "[weather] latitude and longitude are needed.",
        ),
        ({"PLACE": "Kiel", "LATITUDE": "54"}, "[weather] longitude is needed.", "[weather] longitude is needed."),
        ({"PLACE": "Null Island", "LATITUDE": "0", "LONGITUDE": "0"}, "", ""),
        ({"PLACE": "", "LATITUDE": "", "LONGITUDE": " "}, "[weather] place, latitude and longitude are needed.", ""),
    ],
)
def test_the_weather_is_off_until_all_of_its_place_is_known(environ: dict[str, str], off: str, half: str) -> None:
    weather = load({f"WEATHER_{key}": value for key, value in environ.items()}).weather
    assert (weather.off, weather.half) == (off, half)


@pytest.mark.parametrize(
    ("environ", "name", "half"),
    [
        ({"LASTFM_USER": "robin"}, "lastfm", "[lastfm] api_key is needed."),
        ({"LASTFM_API_KEY": "key"}, "lastfm", "[lastfm] user is needed."),
        ({"GITHUB_TOKEN": "key"}, "github", "[github] user is needed, and token for the calendar."),
        ({"GITHUB_USER": "@robin"}, "github", ""),
        ({"GITHUB_USER": "robin", "GITHUB_TOKEN": "key"}, "github", ""),
        ({"MASTODON_ACCOUNT": "@robin"}, "mastodon", ""),
    ],
)
def test_a_source_that_is_set_by_half_says_what_is_missing(environ: dict[str, str], name: str, half: str) -> None:
    assert load(environ).sources[name].half == half


def test_no_sentence_and_no_repr_shows_a_value() -> None:
    for variable in (
        "DISCORD_TOKEN",
        "DATABASE_URL",
        "REDIS_URL",
        "WEB_SECRET_KEY",
        "MEDIA_SECRET_KEY",
        "MEDIA_ACCESS_KEY",
    ):
        assert "hunter2" not in refusal({variable: "my hunter2"})
    assert "hunter2" not in repr(load({"DISCORD_TOKEN": "hunter2", "DATABASE_URL": "postgresql://a:hunter2@b/c"}))
    assert "hunter2" not in repr(load({"MEDIA_SECRET_KEY": "hunter2"}).media)


def test_a_file_that_is_named_must_be_there_and_be_text(tmp_path: Path) -> None:
    assert "nothing.toml cannot be read" in refusal({"CONFIG": str(tmp_path / "nothing.toml")})
    (tmp_path / "binary.toml").write_bytes(b"\xff\xff")
    assert "not UTF-8" in refusal({"CONFIG": str(tmp_path / "binary.toml")})


@pytest.mark.parametrize(
    "url",
    ["postgresql://u:p%40@h:5432/d", "postgres:///d?host=/run/postgresql", "postgresql://h1:1,h2:2/d", "postgresql://"],
)
def test_every_common_form_of_a_database_address_is_taken(url: str) -> None:
    assert load({"DATABASE_URL": url}).database.url == url


def test_the_public_address_has_no_slash_at_its_end_and_defaults_to_this_machine() -> None:
    assert load({"WEB_BASE_URL": "https://example.org/"}).public_url == "https://example.org"
    assert load({"WEB_PORT": "81"}).public_url == "http://localhost:81"


def test_nothing_in_it_can_be_changed() -> None:
    with pytest.raises(AttributeError):
        load({}).web.port = 1  # type: ignore[misc]


def test_the_key_is_made_once_and_is_for_the_owner_of_the_process_only(tmp_path: Path) -> None:
    config = Config(data=Data(dir=str(tmp_path / "new" / "data")))
    key = secret_key(config)
    assert len(key) >= 32
    assert secret_key(config) == key
    file = tmp_path / "new" / "data" / "secret_key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["secret_key"]
    assert secret_key(Config(web=Web(secret_key="k" * 32), data=config.data)) == b"k" * 32


def test_processes_that_start_at_once_get_the_same_key(tmp_path: Path) -> None:
    config = Config(data=Data(dir=str(tmp_path / "data")))
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        assert len(set(pool.map(secret_key, [config] * 16))) == 1


def test_a_key_that_was_cut_off_and_a_folder_that_is_a_file_are_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("")
    with pytest.raises(ConfigError, match="too short to be a key"):
        secret_key(Config(data=Data(dir=str(tmp_path))))
    with pytest.raises(ConfigError, match=r"\[data\] dir"):
        secret_key(Config(data=Data(dir=str(tmp_path / "secret_key" / "data"))))
