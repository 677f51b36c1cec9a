"""Markup: what Discord's tokens become, what hostile text becomes, and that nothing takes longer than it is long."""

import re
import sys
import time
from html.parser import HTMLParser

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from db.markup import Mentions, _visible, escape, excerpt, hide_links, plain, render
from db.markup._blocks import draw
from db.markup._html import HtmlPen
from db.markup._wall import checked
from db.names import clean_name

ADA = Mentions(users={"1": "Ada"}, roles={"2": "Friends"}, channels={"3": "general"})
REL = 'target="_blank" rel="nofollow ugc noopener noreferrer"'
SPOILER = '<span class="spoiler" tabindex="0" role="group" aria-label="Spoiler">'


def link(url: str, words: str | None = None, host: str = "") -> str:
    return f'<a href="{url}" {REL}>{words or url}</a>' + (f' <span class="host">({host})</span>' if host else "")


def mention(sign: str, name: str) -> str:
    return f'<span class="mention">{sign}<bdi>{name}</bdi></span>'


def emoji(name: str, picture: str) -> str:
    source = f"/media/discord/emojis/{picture}"
    return f'<img class="emoji" src="{source}" alt=":{name}:" title=":{name}:" width="22" height="22" loading="lazy">'


def moment(style: str, words: str, machine: str = "2026-05-01T12:00:00Z") -> str:
    return f'<time datetime="{machine}" data-style="{style}">{words}</time>'


TOKENS = [
    # emphasis
    ("plain & <simple>", "plain &amp; &lt;simple&gt;"),
    ("**bold** and *it* or _it_", "<strong>bold</strong> and <em>it</em> or <em>it</em>"),
    ("__under__ ~~gone~~", "<u>under</u> <s>gone</s>"),
    ("***both*** ___too___", "<strong><em>both</em></strong> <u><em>too</em></u>"),
    ("**a *b* c** *a **b** c*", "<strong>a <em>b</em> c</strong> <em>a <strong>b</strong> c</em>"),
    ("*a _b_ c*", "<em>a <em>b</em> c</em>"),
    ("**over\ntwo lines**", "<strong>over<br>two lines</strong>"),
    ("**never closed *at all", "**never closed *at all"),
    ("**a __b** c__", "<strong>a __b</strong> c__"),
    ("snake_case_name 2 * 3 * 4", "snake_case_name 2 * 3 * 4"),
    ("**** ____ |||| ~~~~ * _ `` ` ``````", "**** ____ |||| ~~~~ * _ `` ` ``````"),
    ("||the *end*||", f"{SPOILER}the <em>end</em></span>"),
    ("||one\n- two\n```three```||", f"{SPOILER}one<br>- two<pre><code>three</code></pre></span>"),
    ("`a || b` and\n- c || d", "<code>a || b</code> and<ul><li>c || d</li></ul>"),
    # escapes
    (r"\*a\* \_b\_ \`c\` \|\|d\|\| \\ \<@1> \# \a", r"*a* _b_ `c` ||d|| \ &lt;@1&gt; # \a"),
    ("¯\\_(ツ)_/¯ _x_", "¯\\_(ツ)_/¯ <em>x</em>"),
    # code
    ("`a *b* <c>`", "<code>a *b* &lt;c&gt;</code>"),
    ("``a ` b`` `` ` ``", "<code>a ` b</code> <code>`</code>"),
    ("`never closed", "`never closed"),
    ("```py\na < b:\n\n\n\n\n    **c**\n```", '<pre><code class="lang-py">a &lt; b:\n\n\n\n\n    **c**</code></pre>'),
    ("a\n```\nb\n```\nc", "a<pre><code>b</code></pre>c"),
    ("```one line``` after", "<pre><code>one line</code></pre> after"),
    ("```py```", "<pre><code>py</code></pre>"),
    ("```\n# no\n> heading\n```", "<pre><code># no\n&gt; heading</code></pre>"),
    ("```never closed\n- a", "```never closed<ul><li>a</li></ul>"),
    ('```"><b>\nx```', '<pre><code>"&gt;&lt;b&gt;\nx</code></pre>'),
    # blocks
    ("> a\n> b\nc", "<blockquote>a<br>b</blockquote>c"),
    (">>> a\n> b\n- c", "<blockquote>a<br>&gt; b<ul><li>c</li></ul></blockquote>"),
    (">a >>>b", "&gt;a &gt;&gt;&gt;b"),
    ("> ```\n> a\n> ```", "<blockquote><pre><code>a</code></pre></blockquote>"),
    ("# **A**\n## B", '<div class="h1"><strong>A</strong></div><div class="h2">B</div>'),
    ("### C\n-# d\ne", '<div class="h3">C</div><div class="subtext">d</div>e'),
    ("#a\n#### b\n# ", "#a<br>#### b<br># "),
    ("- a\n* b\n  - c\n    - d\n- e", "<ul><li>a</li><li>b<ul><li>c<ul><li>d</li></ul></li></ul></li><li>e</li></ul>"),
    ("1. a\n2. b\n   - c\n- d", "<ol><li>a</li><li>b<ul><li>c</li></ul></li></ol><ul><li>d</li></ul>"),
    ("7. a\n8. b", '<ol start="7"><li>a</li><li>b</li></ol>'),
    ("text\n- a\n\ntext", "text<ul><li>a</li></ul>text"),
    ("-a\n1.b\n-", "-a<br>1.b<br>-"),
    ("a\nb\n\nc\n\n\n\n\n\nd", "a<br>b<br><br>c<br><br><br>d"),
    # links
    ("see https://a.example/x_y_z?q=1&r#s.", f"see {link('https://a.example/x_y_z?q=1&amp;r#s')}."),
    ("(https://a.example/b_(c)) https://a.example/!?", f"({link('https://a.example/b_(c)')}) {link('https://a.example/')}!?"),
    ("**https://a.example** ||http://b.example||",
     f"<strong>{link('https://a.example')}</strong> {SPOILER}{link('http://b.example')}</span>"),
    ("https://web.archive.org/web/*/x", link("https://web.archive.org/web/*/x")),
    ("<https://a.example/>", link("https://a.example/")),
    ("[*here*](https://a.example/b)", link("https://a.example/b", "<em>here</em>", "a.example")),
    ("[a.example/b](https://a.example/b)", link("https://a.example/b", "a.example/b")),
    ("[https://a.example](https://b.example)", link("https://b.example", "https://a.example", "b.example")),
    ("[a.example.evil](https://a.example)", link("https://a.example", "a.example.evil", "a.example")),
    ("[x](https://\u0430pple.example)", link("https://\u0430pple.example", "x", "xn--pple-43d.example")),
    ('[x](<https://a.example> "title")', link("https://a.example", "x", "a.example")),
    ("[[x](https://a.example)]", f"[{link('https://a.example', 'x', 'a.example')}]"),
    ("[ ](https://a.example)", f"[ ]({link('https://a.example')})"),
    ("[x](https://a.example/b c) [x] (y)", f"[x]({link('https://a.example/b')} c) [x] (y)"),
    ("https:// http://@ https://bank.example@evil.example", "https:// http://@ https://bank.example@evil.example"),
    # Discord's own
    ("<@1> <@!1> <@&2> <#3>", " ".join(map(mention, "@@@#", ["Ada", "Ada", "Friends", "general"]))),
    ("<@9><@&9><#9>", mention("@", "someone") + mention("@", "role") + mention("#", "channel")),
    ("</hangout here:123>", mention("/", "hangout here")),
    ("@everyone @here", "@everyone @here"),
    ("<:wave:123456789012345678>", emoji("wave", "123456789012345678.webp")),
    ("<a:x_1:123456789012345678>", emoji("x_1", "123456789012345678.gif")),
    ("<:a/b:123456789012345678> <:wave:1>", "&lt;:a/b:123456789012345678&gt; &lt;:wave:1&gt;"),
    ("<t:1777636800>", moment("f", "1 May 2026 12:00 UTC")),
    ("<t:1777636800:R>", moment("R", "1 May 2026 12:00 UTC")),
    ("<t:1777636800:F>", moment("F", "Friday, 1 May 2026 12:00 UTC")),
    ("<t:1777636800:T>", moment("T", "12:00:00 UTC")),
    ("<t:1777636800:d>", moment("d", "1 May 2026")),
    ("<t:-62135596800:d>", moment("d", "1 January 1", "0001-01-01T00:00:00Z")),
    ("<t:9999999999999> <t:1:x>", "&lt;t:9999999999999&gt; &lt;t:1:x&gt;"),
    # what would turn, hide or stack
    ("\u202egnp.exe\u202c\x00\x1b[1m\ud800", "gnp.exe[1m"),
    ("a\r\nb\u2028c", "a<br>b<br>c"),
    ("Z" + "\u0301" * 50, "Z" + "\u0301" * 4),
    ("1\ufe0f\u20e3 \U0001f468\u200d\U0001f469", "1\ufe0f\u20e3 \U0001f468\u200d\U0001f469"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "html"), TOKENS)
def test_content_is_shown_as_discord_shows_it(content, html):
    assert render(content, ADA) == html


class Fragment(HTMLParser):
    """Parses a fragment as strictly as the house promises: balanced, listed tags, listed attributes."""

    ATTRIBUTES = {
        "a": {"href", "rel", "target"},
        "code": {"class"},
        "div": {"class"},
        "img": {"class", "src", "alt", "title", "width", "height", "loading"},
        "ol": {"start"},
        "span": {"class", "tabindex", "role", "aria-label"},
        "time": {"datetime", "data-style"},
    } | dict.fromkeys(("bdi", "blockquote", "br", "em", "li", "pre", "s", "strong", "u", "ul"), frozenset())

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.words: list[str] = []
        self.seen: list[tuple[str, object]] = []
        self.feed(html)
        self.close()
        assert self.open == [], html

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        self.seen.append((tag, named))
        assert len(named) == len(attributes)
        assert set(named) <= self.ATTRIBUTES[tag]
        if tag == "a":
            assert re.match(r"https?://[\w]", named["href"])
            assert (named["target"], named["rel"]) == ("_blank", "nofollow ugc noopener noreferrer")
            assert "a" not in self.open
        if tag == "img":
            assert re.fullmatch(r"/media/discord/emojis/[0-9]{15,20}\.(webp|gif)", named["src"])
        if tag not in {"br", "img"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)
        self.seen.append(("", data))

    def handle_comment(self, data):
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<!--", "<![CDATA[<b>]]>",
    "<?x?>", "</div></li></span>", '"onmouseover="alert(1)', "' autofocus onfocus='x", "javascript:alert(1)",
    "data:text/html,<b>", "&lt;script&gt;", "&#60;b&#62;", "&colon;", "<b>", "<plaintext>", "<textarea>",
    "<a href='https://x'>", "\x00", "\u2028", "]]>", "-->",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", "<math><mi//xlink:href='data:x'>",
    "//evil.example", "https://evil.example/\"onclick=\"x", "\\", "`", "\u202e", "\ud83d", "\uffff", "{{7*7}}",
    "%0d%0a",
]  # fmt: skip
CONTEXTS = [
    "{}", "**{}**", "*{}*", "||{}||", "`{}`", "``{}``", "```{}```", "```{}\nx```", "```js\n{}```", "> {}", ">>> {}",
    "# {}", "-# {}", "- {}", "1. {}", "[{}](https://a.example)", "[x](https://a.example/{})", "[x]({})",
    "[x](https://{})", '[x](https://a.example "{}")', "https://a.example/{}", "https://{}", "<https://a.example/{}>",
    "<{}>", "<@{}>", "<#{}>", "<:{}:123456789012345678>", "<a:x:{}>", "<t:1:{}>", "<t:{}:R>", "</{}:1>", "\\{}",
    "<@1>{}", "{}<@2><#3>",
]  # fmt: skip


@pytest.mark.parametrize("context", CONTEXTS)
def test_hostile_text_is_harmless_wherever_it_stands(context):
    for hostile in HOSTILE:
        mentions = Mentions(users={"1": hostile}, roles={"2": hostile}, channels={"3": hostile})
        content = context.format(hostile)
        Fragment(render(content, mentions))
        plain(content, mentions).encode()


PIECES = [
    "*", "**", "***", "_", "__", "~~", "||", "`", "``", "```", "[", "]", "(", ")", "](https://", "https://a.example",
    "<", ">", "<@1>", "<@&2>", "<#3>", "<:wave:123456789012345678>", "<t:1:R>", "\\", "\n", "\n> ", "\n>>> ", "\n- ",
    "\n  - ", "\n1. ", "\n# ", "a", "b", " ", "<b>", "&", '"', "'", "\u0301", "\u202e", "\u00e9", "\r",
]  # fmt: skip
MESSY = st.one_of(st.lists(st.sampled_from(PIECES + HOSTILE), max_size=60).map("".join), st.text(st.characters()))


@given(MESSY)
def test_whatever_is_written_becomes_balanced_listed_html(content):
    Fragment(render(content, ADA))


@given(MESSY)
def test_the_second_wall_finds_nothing_left_to_do(content):
    """Each wall is enough alone: nh3 neither adds, drops nor moves a tag of what the tokenizer drew."""
    html = render(content, ADA)
    drawn = draw(_visible(content), HtmlPen(ADA)).replace("<a ", f"<a {REL} ")
    assert Fragment(drawn).seen == Fragment(html).seen
    assert checked(html) == html


SIGNS = str.maketrans("", "", "*_~|`\\> \n")


@given(st.text("ab.é& *_~|`\\<>\n\"'", max_size=80))
@example("*a **b* c**")
def test_no_word_is_lost_or_moved(content):
    if "```" not in content:
        shown = "".join(Fragment(render(content)).words)
        assert shown.translate(SIGNS) == content.translate(SIGNS)


@given(MESSY)
def test_plain_text_is_one_line_whatever_is_written(content):
    words = plain(content, ADA)
    assert words == " ".join(words.split())
    words.encode()


@given(MESSY)
def test_an_escaped_name_appears_literally(text):
    name = clean_name(text)
    assert plain(escape(name), ADA) == name


@pytest.mark.parametrize(
    "name",
    [
        "**x**",
        "||x||",
        "<@1>",
        "# x",
        "- x",
        "1. x",
        "> x",
        "`x`",
        "[x](https://a.example)",
        "https://a.example",
        "\\*",
    ],
)
def test_no_name_is_markup(name):
    assert render(escape(name), ADA) == name.replace("<", "&lt;").replace(">", "&gt;")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("**bold** _it_ `code` ~~x~~", "bold it code x"),
        ("# Title\n- one\n- two\n> three\nfour", "Title one two three four"),
        ("who did it: ||the *butler*||!", "who did it: (spoiler)!"),
        ("<@1> in <#3>, <@9> <:w_2:123456789012345678> <t:1777636800:t>", "@Ada in #general, @someone :w_2: 12:00 UTC"),
        ("[here](https://a.example/x)", "here (a.example)"),
        ("```py\na = 1\n```\nb", "a = 1 b"),
        ("<b> & \"c\"", "<b> & \"c\""),
        ("", ""),
    ],
)  # fmt: skip
def test_plain_text_is_what_a_reader_would_say(content, words):
    assert plain(content, ADA) == words


def test_an_excerpt_ends_between_words_and_says_so():
    assert excerpt("short **one**") == "short one"
    assert excerpt("one two three four", 13) == "one two…"
    assert excerpt("one two three four", 14) == "one two three…"
    assert excerpt("x" * 100) == "x" * 71 + "…"
    assert excerpt("y" * 72) == "y" * 72
    assert all(len(excerpt("a bc def " * 40, limit)) <= limit for limit in range(2, 100))


def test_names_of_the_mentioned_are_cleaned_and_isolated():
    mentions = Mentions(users={"1": "\u202e<b>Z" + "\u0301" * 9})
    assert render("<@1>", mentions) == '<span class="mention">@<bdi>&lt;b&gt;\u0179\u0301\u0301</bdi></span>'


def test_mentions_are_kept_as_json():
    assert Mentions(**msgspec.json.decode(msgspec.json.encode(ADA))) == ADA


TAG_PARTS = re.compile(r'<[^ >]+|[a-z-]+="[^"]*"|>[^<]*')  # the order of attributes is nobody's concern
UNLINKED = f"<a {REL}>x</a>"


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ("<script>alert(1)</script><b>x</b>", "x"),
        ('<img src="https://evil.example/x.png" onerror="x">', "<img>"),
        ('<img src="/media/discord/emojis/../x.webp">', "<img>"),
        ('<a href="javascript:x" onclick="x">x</a>', UNLINKED),
        ('<a href="/log-out">x</a>', UNLINKED),
        ('<a target="_top" href="https://a.example" rel="x">x</a>', f'<a href="https://a.example" {REL}>x</a>'),
        ('<span class="spoiler evil" id="x" style="x" role="alert">x</span>', '<span class="spoiler">x</span>'),
        ('<code class="lang-py evil">x</code>', "<code>x</code>"),
        ("<!-- x --><iframe></iframe><form><input></form>", ""),
    ],
)
def test_the_second_wall_lets_only_what_is_listed_through(html, left):
    assert sorted(TAG_PARTS.findall(checked(html))) == sorted(TAG_PARTS.findall(left))


# Nothing takes longer than it is long

SLOW = [
    "[", "*", "||", "_*", "**_", ">", "`", "<", "[a](", "**a", "[[a]", "https://", "http://a(", "(", ")", "~~", "||a",
    "```", "``` ", "`a``b```c````", "\\", "> ", ">>> ", "- ", "\n", "# ", "1. ", "<t:", "<@", "<:a:", "_", "a_",
    "*a ", "[a](https://(", "||\n", "```\n", "`\n", "  - \n", " - a\n", "[a](https://x)", "**https://", "||`", "¯\\_",
    " *", "e\u0301", "\u0301", "</a", "[\\[", "https://a)", "<https://a", "[a](https://b \"", "*a_b~~c||", "***a",
    "<@1>", "> ```", "- ||",
]  # fmt: skip


def calls(content: str) -> int:
    """How many functions, Python's and C's, are called to draw this: the same on every machine."""
    counted = 0

    def count(frame, event, argument):
        nonlocal counted
        counted += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        render(content)
        plain(content)
    finally:
        sys.setprofile(before)
    return counted


def seconds(content: str) -> float:
    start = time.thread_time()
    render(content)
    plain(content)
    return time.thread_time() - start


@pytest.mark.parametrize("pattern", SLOW)
def test_work_grows_with_the_length_and_no_faster(pattern):
    text = pattern * 4000
    assert calls(text[:4000]) < 4.5 * calls(text[:1000]) + 100


@pytest.mark.parametrize("pattern", SLOW)
def test_no_search_hides_a_square(pattern):
    """What happens inside one call of C is not counted above. A square would be 64 times slower here, not 24."""
    text = pattern * 32_000
    assert any(seconds(text[:32_000]) < 24 * max(seconds(text[:4000]), 0.0005) for _ in range(4))


def test_what_is_nested_as_deep_as_possible_is_still_drawn():
    for opening in ("**", "> ", "||", "[", "  " * 50 + "- x\n", "*_**__~~||"):
        Fragment(render(opening * 3000 + "x"))


HIDDEN = [
    ("see https://a.example/x, or not", "see [link hidden], or not"),
    ("<https://a.example> and HTTP://B.example", "[link hidden] and [link hidden]"),
    ("[tea](https://a.example/x_(y)) now", "[tea] [link hidden] now"),
    ('[tea](<https://a.example> "for two")', "[tea] [link hidden]"),
    ("[https://a.example](https://b.example)", "[[link hidden]] [link hidden]"),
    ("join discord.gg/porch or discord.com/invite/porch", "join [link hidden] or [link hidden]"),
    ("https://a.example https://b.example\nhttps://c.example", "[link hidden]"),
    ("`https://a.example`", "`[link hidden]`"),
    ("hthttps://a.example tps://b.example", "ht[link hidden] tps://b.example"),
    ("no link: https:// and example.org", "no link: https:// and example.org"),
]


@pytest.mark.parametrize(("content", "hidden"), HIDDEN)
def test_links_can_be_taken_out_of_what_somebody_wrote(content: str, hidden: str) -> None:
    assert hide_links(content) == hidden
    assert hide_links(hidden) == hidden
    assert "<a " not in render(hidden)


def test_hiding_links_makes_no_message_longer_than_one_may_be() -> None:
    assert len(hide_links("http://a x " * 180)) <= 2000
    assert len(hide_links("http://a x " * 540)) <= len("http://a x " * 540)
