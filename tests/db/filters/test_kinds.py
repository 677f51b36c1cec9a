# ruff: noqa: RUF001 - letters that look alike are what it is about
"""What each kind of rule is about, and what it lets be."""

import pytest

from db import filters
from db.errors import Refused
from db.filters._kinds import Asked, made_ready
from db.filters._letters import Reading

ROBIN = "https://robin.example"


def said(kind, pattern, content, *, own_host="", **more):
    """The rule that has something against it, or an empty text."""
    one = filters.draft(kind, pattern)
    return made_ready(one, own_host).ask(Asked(Reading(content), **more))


@pytest.mark.parametrize(
    ("word", "content"),
    [
        ("casino", "The best CASINO in town"),
        ("casino", "ｃａｓｉｎｏ"),
        ("casino", "cа\u200bsіnо"),  # with Cyrillic letters and a space of no width
        ("casino", "c@s1n0!"),
        ("casino", "c a s i n o"),
        ("casino", "c.a.s.i.n.o now"),
        ("casino", "cásïnò"),
        ("casino", "𝓬𝓪𝓼𝓲𝓷𝓸"),
        ("free money", "Get  FREE\nmoney, now"),
        ("бесплатно", "Всё БЕСПЛАТНО!"),
        ("赌场", "最好的赌场在这里"),
        ("🎰", "come 🎰 in"),
        ("casino", "\ufdfa" * 1_990 + " casino"),
        ("casino", "각" * 1_990 + " casino"),
    ],
)
def test_a_word_is_found_however_it_is_dressed_up(word, content):
    assert said("words", word, content) == f'the word "{word}"'


@pytest.mark.parametrize(
    ("word", "content"),
    [
        ("ass", "a class of its own, with assets"),
        ("fail", "in the fall of last year"),
        ("corn", "visit us on the com port"),
        ("free money", "money is free"),
        ("cat", "a c at the end, and a t"),
        ("hell", "hello, she'll see"),
    ],
)
def test_words_that_only_contain_it_or_look_a_little_like_it_are_let_be(word, content):
    assert said("words", word, content) == ""


def test_a_pattern_is_found_in_large_and_small_letters_and_behind_what_hides():
    assert said("pattern", r"buy\s+\d+ coins", "BUY  2\u200b00 coins") == r'the pattern "buy\s+\d+ coins"'
    assert said("pattern", r"^\p{Latin}+$", "Größe") != ""
    assert said("pattern", r"buy\s+\d+ coins", "buy some coins") == ""


@pytest.mark.parametrize(
    "content",
    [
        "look http://evil.example/x",
        "HTTPS://EVIL.EXAMPLE",
        "http:\\\\evil.example",
        "https://github.com@evil.example/",
        "https://github.com.evil.example",
        "[here](https://evil.example)",
        "www.evil.example",
        "discord.gg/abc",
        "ht\u200btps://evil.example",
        "ｈｔｔｐｓ：／／evil.example",
        "_https://evil.example_",
        "xhttps://evil.example",
        "\ufdfa" * 1_970 + " https://evil.example",  # each would be eighteen characters if it were written out
    ],
)
def test_links_to_others_than_the_allowed_hosts_are_found(content):
    assert said("links", "github.com, example.org", content, own_host="robin.example") == "links by somebody new"


@pytest.mark.parametrize(
    "content",
    [
        "https://github.com/porch",
        "see http://docs.github.com:443/a?b=c",
        "EXAMPLE.org/page",
        "https://robin.example/blog",
        "so.this is no link, nor is main.py, and/or 3.5/2",
        "mail me at ada@evil.example",
    ],
)
def test_allowed_hosts_the_sites_own_and_what_is_no_link_are_let_be(content):
    assert said("links", "github.com, example.org", content, own_host="robin.example") == ""


def test_more_different_mentions_than_allowed_are_found_and_addresses_of_mail_are_none():
    assert said("mentions", "2", "@ada @bob <@123>") == "more than 2 mentions"
    assert said("mentions", "2", "@ada @Ada @bob, ada@example.org, bob@example.org") == ""


def test_capitals_are_a_flood_from_twenty_letters_on():
    assert said("caps", "70%", "COME AND LOOK AT THIS RIGHT now") == "more than 70 % capitals"
    assert said("caps", "70", "WHAT A DAY!") == ""
    assert said("caps", "70", "THIS IS LOUD but most of it is said in small letters") == ""
    assert said("caps", "70", "漢字だけの長い文章がここにありますので大文字はありませんよね") == ""


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ("h" + "\u0301" * 8 + "i", "stacked characters"),
        ("a\u200b\u200b\u200b\u200bb", "characters that nobody sees"),
        ("a\U000e0041\U000e0042\U000e0043\U000e0044", "characters that nobody sees"),
        ("\u202eevil", "characters that nobody sees"),
        ("\u2066left open", "characters that nobody sees"),
        ("call \u202a+49 170 1234567\u202c, says \u2068أحمد\u2069", ""),  # as telephones copy them
        ("Stra\u00adßen\u00adbahn\u00adhalte\u00adstel\u00adle", ""),  # as pages copy them
        ("Tiếng Việt có dấu", ""),
        ("Tie\u0302\u0301ng Vie\u0302\u0323t", ""),
        ("שָׁלוֹם עֲלֵיכֶם", ""),
        ("مرحبًا بكُم", ""),
        ("\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", ""),  # the flag of England
        ("👨\u200d👩\u200d👧\u200d👦 ❤\ufe0f", ""),
        ("می\u200cخواهم", ""),
    ],
)
def test_stacked_and_invisible_characters_are_told_from_what_languages_and_emoji_need(content, rule):
    assert said("zalgo", "", content) == rule


@pytest.mark.parametrize(
    ("kind", "pattern", "action", "minutes"),
    [
        ("smells", "x", "hold", None),
        ("words", "x", "shout", None),
        ("words", "", "hold", None),
        ("words", "x" * 101, "hold", None),
        ("words", "x", "mute", 0),
        ("pattern", "(", "hold", None),
        ("pattern", r"(a)\1", "hold", None),
        ("pattern", "(?=a)b", "hold", None),
        ("pattern", "a*", "hold", None),
        ("pattern", ".{1000}{1000}", "hold", None),
        ("pattern", "(.{0,40}a){9}", "hold", None),
        ("pattern", "a\0b", "hold", None),
        ("pattern", "a" * 501, "hold", None),
        ("links", "not a host!", "hold", None),
        ("mentions", "many", "hold", None),
        ("mentions", "²", "hold", None),
        ("repeats", "1", "delete", None),
        ("caps", "101", "hold", None),
    ],
)
def test_what_is_no_rule_is_refused_with_a_sentence(kind, pattern, action, minutes):
    with pytest.raises(Refused) as refusal:
        filters.draft(kind, pattern, action, minutes)
    assert refusal.value.code == "bad_parameter"
    assert refusal.value.sentence.endswith(".")


def test_rules_are_kept_in_one_way_of_writing_them():
    assert filters.draft("words", "  Free\n Money ").pattern == "free money"
    assert filters.draft("links", "GitHub.com, example.org. github.com").pattern == "github.com example.org"
    assert filters.draft("caps", "070 %").pattern == "70"
    assert filters.draft("zalgo", "whatever").pattern == ""
    assert filters.draft("words", "x", "mute").minutes == 60
    assert filters.draft("words", "x", "hold", 5).minutes is None
