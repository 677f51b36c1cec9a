"""Names and content: what is kept, what is altered, and what is refused with a sentence."""

import unicodedata
from contextlib import suppress
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db import names
from db._name_words import ADJECTIVES, ANIMALS
from db.errors import Refused
from db.names import check_name, clean_content, clean_name, discord_username, skeleton, suggest_name

ANYTHING = st.text(st.characters(), max_size=200)  # with controls, surrogates and what is not assigned


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("Ada", "Ada"),
        ("  Quiet \t\n Heron ", "Quiet Heron"),
        ("Zoe\u0308", "Zo\u00eb"),
        ("李小龙", "李小龙"),
        ("Nguyễn Thị", "Nguyễn Thị"),
        ("שָׁלוֹם", "שָׁלוֹם"),
        ("A\u0000d\u001ba\u200b\u2060\ufeff", "Ada"),
        ("\u202eadA\u2066x", "adAx"),
        ("Ada\ue000\u0378", "Ada"),
        ("Ada\ud800", "Ada"),
        ("Z" + "\u0301\u0302\u0303\u0304" * 20 + "o", "\u0179\u0302\u0303o"),
        ("\u0301Ada", "Ada"),
        (" \u0301Ada \u0301B", "Ada B"),
        ("Ada \U0001f98a\ufe0f", "Ada \U0001f98a\ufe0f"),
        ("Ada \U0001fae8", "Ada \U0001fae8"),  # younger than this Python's tables
        ("<b>&Ada</b>", "<b>&Ada</b>"),  # kept as it is: escaping is for the page
    ],
)
def test_a_name_is_kept_as_a_reader_would_see_it(raw, kept):
    assert check_name(raw, 32) == kept


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "   ",
        "A",
        "A\u0301",
        "\u200b\u200b\u200b",
        "\u3164\u3164",
        "\u2800\u2800",
        "\x00\x01",
        "\u202e\u202d",
        "\ud800\udfff",
    ],
)
def test_a_name_that_cannot_be_seen_is_refused(raw):
    with pytest.raises(Refused, match="at least 2 letters") as refusal:
        check_name(raw, 32)
    assert refusal.value.code == "bad_name"


@pytest.mark.parametrize("raw", ["x" * 33, "x " * 20, "x" * 100_000, "a" + "\u0301" * 100_000 + "bc"])
def test_a_name_that_does_not_fit_is_refused(raw):
    with pytest.raises(Refused, match="32 characters fit") as refusal:
        check_name(raw, 32)
    assert refusal.value.code == "bad_name"


def test_the_length_is_that_of_the_name_as_it_is_kept():
    assert check_name("e\u0301" * 32, 32) == "\u00e9" * 32
    assert check_name("  " + "x" * 32 + "\u200b", 32) == "x" * 32


@pytest.mark.parametrize(
    "raw",
    [
        "Mara",
        "MARA",
        "m a r a",
        "M.a-r_a",
        "\u041c\u0430r\u0430",
        "M\u00e1r\u00e5",
        "\uff2d\uff41\uff52\uff41",
        "M4r@",
        "rnara",
        "\U0001d4dc\U0001d4ea\U0001d4fb\U0001d4ea",
        "Porch Light",
        "P0rchl1ght",
        "PorchIight",
        "Admin",
        "4dm1n",
        "\u0430dm\u0456n",
        "Moderator",
        "rn0derator",
        "System!",
        "everyone",
        "@here",
    ],
)
def test_nobody_can_pass_for_the_house(raw):
    with pytest.raises(Refused, match="belongs to the house") as refusal:
        check_name(raw, 32, ["Mara", "Porchlight", ""])
    assert refusal.value.code == "bad_name"


@pytest.mark.parametrize(
    "raw", ["Tamara", "Maria", "Admiral", "Modesty", "Sphere", "Hera", "!!", "\U0001f98a\U0001f98a"]
)
def test_names_that_only_resemble_are_welcome(raw):
    assert check_name(raw, 32, ["Mara", "Porchlight", "", "\u2605"]) == raw


def test_an_owner_with_another_script_is_protected_too():
    with pytest.raises(Refused, match="belongs to the house"):
        check_name("李 小龙", 32, ["李小龙"])


@given(ANYTHING)
def test_a_clean_name_is_printable_and_stays_the_same_when_cleaned_again(raw):
    name = clean_name(raw)
    assert clean_name(name) == name == name.strip()
    assert unicodedata.is_normalized("NFC", name)
    name.encode()
    assert not any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} for character in name)


@given(ANYTHING)
def test_a_name_is_accepted_or_refused_with_a_sentence(raw):
    try:
        length = len(check_name(raw, 32, ["Mara"]))
    except Refused as refusal:
        answer = (refusal.code, refusal.sentence[-1])
        assert answer == ("bad_name", ".")
    else:
        assert 2 <= length <= 32


@given(ANYTHING)
def test_a_skeleton_has_letters_only(raw):
    assert all(character.isalnum() for character in skeleton(raw))


@given(st.text("abcILilo019 .-_@$!|", max_size=30))
def test_a_skeleton_does_not_know_case_and_separators(name):
    assert skeleton(name.upper()) == skeleton(name.lower()) == skeleton(" ".join(name))


@pytest.mark.parametrize(
    ("name", "username"),
    [
        ("Ada", "Ada"),
        ("Discord", "Dis\u0441ord"),
        ("xDISCORDx", "xDIS\u0421ORDx"),
        ("Clyde", "\u0421lyde"),
        ("everyone", "\u0435veryone"),
        ("HERE", "H\u0415RE"),
        ("Sphere", "Sph\u0435re"),
        ("Hereveryone", "H\u0435r\u0435veryone"),
        ("\uff24\uff49\uff53\uff43\uff4f\uff52\uff44", "\uff24\uff49\uff53\u0441\uff4f\uff52\uff44"),
        ("@a#1:```", "\uff20a\uff031\uff1a\u02cb\u02cb\u02cb"),
        ("", "Visitor"),
        ("\u200b \x1b", "Visitor"),
        ("x" * 100, "x" * 80),
        ("\U0001f98a" * 60, "\U0001f98a" * 40),
    ],
)
def test_a_name_is_altered_just_enough_for_discord(name, username):
    assert discord_username(name) == username


def _refused_by_discord(username: str) -> bool:
    plain = unicodedata.normalize("NFKC", username).lower()
    words = ("clyde", "discord", "everyone", "here")
    signs = ("@", "#", ":", "```")
    return (
        not 1 <= len(username) <= 80 or any(word in plain for word in words) or any(sign in username for sign in signs)
    )


PIECES = st.sampled_from(
    [
        "discord",
        "CLYDE",
        "every",
        "one",
        "dis",
        "cord",
        "he",
        "re",
        "\uff43lyde",
        "c",
        "e",
        "@",
        "```",
        " ",
        "\u200b",
        "\u0301",
    ]
)


@given(st.one_of(ANYTHING, st.lists(PIECES).map("".join)))
def test_discord_has_nothing_to_refuse(name):
    assert not _refused_by_discord(discord_username(name))


def test_names_that_differ_keep_differing_in_discord():
    ordinary = [
        "Ada",
        "ada",
        "Ada:",
        "Ada#",
        "@Ada",
        "A`da",
        "Discord",
        "Dis cord",
        "discord",
        "Clyde",
        "clyde",
        "here",
        "Here",
    ]
    assert len({discord_username(name) for name in ordinary}) == len(ordinary)


def test_suggested_names_are_many_kind_and_accepted():
    assert len(set(ADJECTIVES)) == len(set(ANIMALS)) == 40
    suggested = {suggest_name(Random(seed)) for seed in range(300)}
    assert len(suggested) > 200
    assert all(check_name(name, 32) == discord_username(name) == name for name in suggested)


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("hello", "hello"),
        ("  a\r\nb\rc\u2028d\x0be \n", "a\nb\nc\nd\ne"),
        ("a\tb", "a\tb"),
        ("a\x00b\x1b[31mc\x7f\x9b", "ab[31mc"),
        ("a\ud800b", "ab"),
        ("\u202egnp.exe\u202c \u2067x\u2069", "gnp.exe x"),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f468\u200d\U0001f469\u200d\U0001f467"),
        ("عل\u200cرض", "عل\u200cرض"),
        ("**bold** <script>", "**bold** <script>"),
    ],
)
def test_content_is_kept_raw_but_for_what_cannot_be_said(raw, kept):
    assert clean_content(raw, 2000) == kept


@pytest.mark.parametrize(
    "raw", ["", " \n\t ", "\x00\x1b", "\u200b\u200d", "\u202e", "\ud800", "\u3164", "\ufeff\u2028"]
)
def test_content_that_shows_nothing_is_refused(raw):
    with pytest.raises(Refused) as refusal:
        clean_content(raw, 2000)
    assert (refusal.value.code, refusal.value.sentence) == ("empty", "Please write something first.")


def test_content_is_counted_in_code_points_after_trimming():
    assert len(clean_content(" " + "\U0001f98a" * 2000 + "\n", 2000)) == 2000
    with pytest.raises(Refused, match="2,001 characters; 2,000 fit") as refusal:
        clean_content("x" * 2001, 2000)
    assert refusal.value.code == "too_long"


@given(ANYTHING)
def test_content_can_be_stored_and_stays_the_same_when_cleaned_again(raw):
    with suppress(Refused):
        content = clean_content(raw, 2000)
        content.encode()
        assert "\x00" not in content
        assert clean_content(content, 2000) == content


def test_reserved_titles_are_their_own_words():
    assert all(skeleton(title) for title in names.RESERVED)


@pytest.mark.parametrize(
    "name",
    [
        "\u0280\u1d0f\u0299\u026a\u0274",
        "\u01a6obin",
        "\u13a1obin",
        "\ua4e3\ua4f3\ua4d0\ua4f2\ua4e0",
        "R\u0966bin",
        "R\u06f5bin",
        "\u027eobin",
        "Rob\u0268n",
        "\U0001f181\U0001f17e\U0001f171\U0001f178\U0001f17d",
        "\U0001f1f7\U0001f1f4\U0001f1e7\U0001f1ee\U0001f1f3",
        "Robin (owner)",
        "Robin 1",
        "The Owner",
        "Site Admin",
        "Admin Team",
        "\u1d00\u1d05\u1d0d\u026a\u0274",
    ],
)
def test_nobody_passes_for_the_owner_by_letters_that_look_alike_or_by_a_title(name):
    with pytest.raises(Refused) as refusal:
        check_name(name, 32, ["Robin"])
    assert refusal.value.code == "bad_name"


@pytest.mark.parametrize(
    "name",
    [
        "Robina",
        "Mara 2",
        "\u0141ukasz",
        "\u00d8ystein",
        "Ren\u00e9e",
        "\u041e\u043b\u0435\u0433",
        "\u4e2d\u6751",
        "Landowner",
    ],
)
def test_a_name_of_ones_own_is_not_taken_for_the_owners(name):
    assert check_name(name, 32, ["Robin"]) == name
