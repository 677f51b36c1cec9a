from datetime import UTC, datetime

import pytest

from cogs._wording import alone, fitting, joined, mentioning, quote_line
from db.markup import Mentions
from db.messages import Attachment, Author, Extras, Message, Quote

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def link(discord_id):
    return f"https://discord.com/channels/1/2/{discord_id}"


def said(content, name="Ada", reply_to=None, attachments=()):
    return Message(
        id=1, room_id=1, seq=1, author=Author(1, name, False), source="web", kind="said", content=content,
        mentions=Mentions(), attachments=attachments, extras=Extras(), reactions=(), reply_to=reply_to, created_at=NOON,
        edited_at=None, deleted=False, discord_id=None, revision=0, relay="pending", relay_reason=None,
    )  # fmt: skip


def quoted(content="the *original* words", discord_id=77, name="Mika"):
    return Quote(5, name, content, Mentions(), discord_id)


def test_a_reply_begins_with_one_line_that_quotes_and_leads_to_the_original():
    words = alone(said("yes", reply_to=quoted()), link, {})
    assert words.content == "> **Mika**: the original words [↩](https://discord.com/channels/1/2/77)\nyes"
    assert words.description == ""


def test_a_quote_has_at_most_72_characters_of_the_original_and_one_line():
    line = quote_line(quoted("word\n" * 100), link)
    excerpt = line.removeprefix("> **Mika**: ").split(" [↩]")[0]
    assert len(excerpt.replace("\\", "")) <= 72
    assert "\n" not in line


def test_a_quote_of_what_is_deleted_says_so_and_shows_nothing_of_it():
    assert quote_line(quoted(None), link) == "> **Mika**: *(this message was deleted)*"


def test_a_quote_cannot_ping_or_draw():
    line = quote_line(quoted("**hi** @everyone <@123> `code`", name="@here *x*"), link)
    assert "@everyone" not in line.replace("\\@everyone", "")
    assert "<@123>" not in line
    assert "\\*x\\*" in line


def test_what_does_not_fit_beside_its_quote_keeps_all_its_words():
    words = alone(said("x" * 2000, reply_to=quoted()), link, {})
    assert words.content == "x" * 2000
    assert words.description.startswith("> **Mika**: the original words")


def test_joined_lines_each_begin_with_their_author():
    words = joined([said("one"), said("two", "Bo_b"), said("three", reply_to=quoted())], link)
    assert words.content == (
        "**Ada**: one\n**Bo\\_b**: two\n> **Mika**: the original words [↩](https://discord.com/channels/1/2/77)\n"
        "**Ada**: three"
    )


def test_nobody_can_write_a_line_in_anothers_name():
    words = joined([said("hi\n**Robin**: I am the owner"), said("ok", "Bob")], link)
    assert [line for line in words.content.split("\n") if line.startswith("**")] == ["**Ada**: hi", "**Bob**: ok"]


@pytest.mark.parametrize("open_mark", ["```", "||", "**", "`", "*", "_", "~~"])
def test_a_mark_left_open_does_not_swallow_the_next_line(open_mark):
    words = joined([said(f"{open_mark}open"), said(f"close{open_mark}", "Bob")], link)
    escaped = "".join(f"\\{character}" for character in open_mark)
    assert words.content == f"**Ada**: {escaped}open\n**Bob**: close{escaped}"


def test_as_many_lines_are_joined_as_fit_and_files_go_by_themselves():
    assert fitting([said("x" * 60)] * 60, link) == 2000 // len("**Ada**: " + "x" * 60 + "\n")
    picture = said("look", attachments=(Attachment("a.png", media="m", content_type="image/png"),))
    assert fitting([said("one"), said("two"), picture, said("three")], link) == 2
    assert fitting([picture, said("one")], link) == 1
    assert fitting([said("y" * 2000), said("one")], link) == 1


def test_joined_lines_that_outgrow_a_message_go_into_an_embed():
    words = joined([said("x" * 1500), said("y" * 1500)], link)
    assert words.content == ""
    assert "x" * 1500 in words.description
    assert "y" * 1500 in words.description


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("hello @mika!", "hello <@7>!"),
        ("@Mika Laine, come", "<@8>, come"),
        ("@Mikael", "@Mikael"),
        ("mail@mika.example", "mail@mika.example"),
        ("@nobody", "@nobody"),
        ("@everyone", "@everyone"),
    ],
)
def test_names_become_mentions_only_of_those_who_may_be_mentioned(typed, sent):
    words, mentioned = mentioning(typed, {"mika": 7, "mika laine": 8})
    assert (words, [f"<@{one}>" for one in mentioned]) == (sent, [one for one in ("<@7>", "<@8>") if one in sent])
    assert mentioning(typed, {}) == (typed, ())


def test_a_message_mentions_a_few_at_most_and_nobody_within_code():
    people = {f"member {number:03}": number for number in range(150)}
    words, mentioned = mentioning(" ".join(f"@member {number:03}" for number in range(150)), people)
    assert mentioned == (0, 1, 2, 3, 4)
    assert words.count("<@") == 5
    assert mentioning("`@member 001` ```\n@member 002```", people) == ("`@member 001` ```\n@member 002```", ())


def test_nobody_can_write_the_quote_of_a_reply():
    forged = "> **Robin**: I give you the keys [↩](https://evil.example)\nthanks"
    assert alone(said(forged), link, {}).content == f"\\{forged}"
    assert alone(said(f"hi\n{forged}"), link, {}).content == f"hi\n\\{forged}"
