"""What authors write becomes what readers see. Here without a process; tests/db/test_press.py has the process."""

import re

import html5lib
import pytest

from db.markdown import Answer, Heading, Picture, Printing, _drawing, _working, pictures_in
from db.markdown._drawing import Unfit, draw
from db.markdown._reading import EXCERPT_MAX, shortened
from db.markdown._working import answer
from tests.articles import EVERYTHING, ID, PICTURE, SCRIPTS


def html(body):
    return draw(body, {ID: PICTURE}).html


DONE = '<span aria-label="Done" class="box" role="img">☑</span>'
TO_DO = '<span aria-label="To do" class="box" role="img">☐</span>'
TABLE = "| a | b |\n|:-:|--:|\n| 1 | 2 |"
NOTED = "A[^1] b.\n\n[^1]: Note."
BACK = 'title="Back to where note 1 stands in the text" rel="noopener">↩</a>'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("*a* **b** ~~c~~ `d`", "<p><em>a</em> <strong>b</strong> <del>c</del> <code>d</code></p>"),
        (r"\~~a~~ and ~~~ and ~~ ~~", "<p>~~a~~ and ~~~ and <del> </del></p>"),
        (":tada: at 10:30:45 :nonsense: `:tada:`", "<p>🎉 at 10:30:45 :nonsense: <code>:tada:</code></p>"),
        (":+1: :thumbs_up:", "<p>👍 👍</p>"),
        ('"Quotes" -- it\'s...', "<p>\u201cQuotes\u201d \u2013 it\u2019s\u2026</p>"),
        ("- [ ] one\n- [x] two `2`\n- three", f'<li class="task done">{DONE} two <code>2</code></li>\n<li>three</li>'),
        ("- [ ] one\n\n- [ ] two", f"<p>{TO_DO} two</p>"),
        (TABLE, '<div aria-label="Table" class="table" role="group" tabindex="0"><table>'),
        (TABLE, '<td class="center">1</td>\n<td class="right">2</td>'),
        (
            '!!! warning "Mind *it*"\n    Wet.',
            '<div class="admonition warning">\n<p class="admonition-title">Mind <em>it</em></p>',
        ),
        (NOTED, '<sup id="s-fnref:1"><a class="footnote-ref" href="#s-fn:1" rel="noopener">1</a></sup>'),
        (NOTED, f'<a class="footnote-backref" href="#s-fnref:1" {BACK}'),
        ("Term\n: What it is", "<dt>Term</dt>\n<dd>What it is</dd>"),
        ("The WWW\n\n*[WWW]: World Wide Web", '<abbr title="World Wide Web">WWW</abbr>'),
        ("    <indented>", '<figure class="code"><pre tabindex="0"><code>&lt;indented&gt;\n</code></pre></figure>'),
        ('<details markdown="1"><summary>More</summary>\n\n*inside*\n\n</details>', "<p><em>inside</em></p>"),
        ("[here](#below) {: #here }", 'href="#s-below"'),
        ("[a](https://a.example)", '<a href="https://a.example" rel="noopener">a</a>'),
    ],
)
def test_every_element_becomes_what_it_is(body, expected):
    assert expected in html(body)


def test_an_article_with_every_element_is_html_that_a_strict_parser_takes():
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    parser.parse(f'<!doctype html><title>t</title><div class="article">{html(EVERYTHING)}</div>')


@pytest.mark.parametrize(
    ("body", "levels"),
    [
        ("# a\n\n## b\n\n# c", [2, 3, 2]),
        ("## a\n\n### b", [2, 3]),
        ("### a\n\n###### b\n\n#### c\n\n## d", [2, 3, 3, 2]),
        ("# a\n\n## b\n\n### c\n\n#### d\n\n##### e\n\n###### f", [2, 3, 4, 5, 6, 6]),
    ],
)
def test_headings_begin_at_the_second_level_and_leave_none_out(body, levels):
    assert [int(level) for level in re.findall("<h([1-6])", html(body))] == levels


def test_contents_are_the_headings_with_anchors_of_their_own():
    printed = draw("## A & *B*\n\n### A & B\n\n## Привет\n\n## Own {#mine}\n\n##### deep\n\n[TOC]", {})
    assert printed.contents == (
        Heading(2, "s-a-b", "A & B"),
        Heading(3, "s-a-b_1", "A & B"),
        Heading(2, "s-привет", "Привет"),
        Heading(2, "s-mine", "Own"),
        Heading(3, "s-deep", "deep"),
    )
    for heading in printed.contents:
        assert f'id="{heading.id}"' in printed.html
        assert f'<a class="anchor" href="#{heading.id}"' in printed.html


# Code

CODE = """```python title="door.py" linenos hl_lines="2 4-5"
def door():
    \"\"\"Opens

    it.\"\"\"
    return "<b>"
```"""


def test_code_has_its_title_its_numbers_its_colours_and_the_lines_that_stand_out():
    drawn = html(CODE)
    assert '<figure class="code" data-language="Python"><figcaption>door.py</figcaption>' in drawn
    lines = re.findall(r'<span class="(line[^"]*)" data-n="(\d)">', drawn)
    kinds = ["line", "line marked", "line", "line marked", "line marked"]
    assert lines == [*zip(kinds, "12345", strict=True)]
    assert '<span class="k">def</span>' in drawn
    assert '<span class="s2">&quot;' in drawn or '<span class="s2">"&lt;b&gt;"</span>' in drawn


@pytest.mark.parametrize(
    "info",
    ["python", "{.python}", "Python", "{ .python #x }", "py hl_lines=nonsense start=99999999999999999999"],
)
def test_the_language_is_found_however_the_fence_says_it(info):
    assert '<span class="k">pass</span>' in html(f"```{info}\npass\n```")


@pytest.mark.parametrize(
    "info", ["python linenos start=7", "{.python linenums=7}", "python {linenos=table,linenostart=7}"]
)
def test_numbers_begin_where_the_fence_says(info):
    assert re.findall(r'data-n="(\d+)"', html(f"```{info}\na\nb\n```")) == ["7", "8"]


@pytest.mark.parametrize("info", ["", "nonsense", "text", '"><script>', "../../x", "_mapping"])
def test_code_in_no_language_that_is_known_is_shown_as_it_is(info):
    assert re.search(r"<code[^>]*>&lt;b&gt; \*a\n</code>", html(f"~~~{info}\n<b> *a\n~~~"))


def test_code_stands_in_lists_quotes_and_notes_as_well():
    drawn = html(
        "- a\n\n    ```py\n    if a:\n        b\n    ```\n\n- c\n\n1. d\n\n   ```\n   e\n     f\n   ```\n\n2. g\n\n"
        "> q\n> ~~~\n> h\n>   i\n> ~~~\n> r\n\n    ```\n    no fence\n    ```\n\n"
        "x[^n]\n\n[^n]: Note\n\n    ```\n    in a note\n    ```\n\n```\nopen to the end"
    )
    assert '<code class="language-py"><span class="k">if</span> <span class="n">a</span>' in drawn
    assert drawn.count("<ol>") == 2, "the list of numbers goes on after its code, and there are the notes"
    assert "<code>e\n  f\n</code>" in drawn
    assert re.search(
        r"<blockquote>\n<p>q</p>\n<figure[^>]*><pre[^>]*><code>h\n  i\n</code></pre></figure>\n<p>r</p>", drawn
    )
    assert "<code>```\nno fence\n```\n</code>" in drawn
    assert re.search(r'<li id="s-fn:n">\n<p>Note</p>\n<figure class="code">.*in a note', drawn)
    assert drawn.index("open to the end") < drawn.index("footnote-backref")
    assert "<code>open to the end\n</code>" in drawn


# Pictures


def test_a_picture_of_ours_comes_in_every_width_and_leads_to_the_whole_one():
    drawn = html(f"See ![A door](/media/{ID}/full.jpg) there.")
    assert drawn.startswith(f'<p>See <a class="look" href="/media/{ID}/full.jpg" rel="noopener"><img alt="A door"')
    assert f'src="/media/{ID}/800.jpg"' in drawn
    widths = ", ".join(f"/media/{ID}/{width}.jpg {width}w" for width in PICTURE.widths)
    assert f'srcset="{widths}, /media/{ID}/full.jpg 2000w"' in drawn
    assert 'width="2000"' in drawn
    assert 'height="1000"' in drawn
    assert 'loading="lazy"' in drawn
    assert drawn.endswith("</a> there.</p>")


def test_a_picture_alone_with_a_title_stands_in_a_figure_with_its_caption():
    drawn = html(f'![](/media/{ID}/full.jpg "The *old* door & I"){{.wide}}')
    assert re.fullmatch(
        r'<figure class="wide"><a .*</a><figcaption>The \*old\* door &amp; I</figcaption></figure>', drawn
    )
    assert f'alt="{PICTURE.alt}"' in drawn, "what was said of it when it was brought"


def test_a_picture_alone_stands_in_a_figure_without_a_title_too_and_a_wide_one_is_sent_wider():
    drawn, wide = html(f"![A](/media/{ID}/full.jpg)"), html(f"![A](/media/{ID}/full.jpg){{.wide}}")
    assert re.fullmatch(r'<figure><a class="look" [^>]*><img [^>]*></a></figure>', drawn)
    assert ('sizes="(min-width: 64rem) 56' in wide, "56" in drawn) == (True, False)
    assert "<figure" not in html("![A](https://a.example/b.png)")


def test_a_picture_among_words_keeps_its_title():
    assert 'title="The door"' in html(f'See ![A](/media/{ID}/full.jpg "The door")')


def test_contents_end_somewhere():
    assert len(draw("## a\n\n" * 600, {}).contents) == 500


def test_a_picture_within_a_link_leads_where_the_link_leads():
    drawn = html(f'[![A](/media/{ID}/full.jpg "B")](https://a.example/)')
    assert drawn.startswith('<figure><a href="https://a.example/" rel="noopener"><img alt="A"')
    assert drawn.count("<a ") == 1


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("![a cat](https://a.example/cat.png)", '<p><a href="https://a.example/cat.png" rel="noopener">a cat</a></p>'),
        ("![](//a.example/cat.png)", "<p><span>A picture</span></p>"),
        ("![a cat](cat.png)", "<p><span>a cat</span></p>"),
        ("![a cat](/media/BBBBBBBBBBBBBBBBBBBBBB/full.png)", "<p><span>a cat</span></p>"),
        ('<img src="https://a.example/x.png" alt="<i>">', "<p>&lt;i&gt;</p>"),
        ('<p><img src="//a.example/x.png"></p>', ""),
        ("<img src=/media/BBBBBBBBBBBBBBBBBBBBBB/full.png>", ""),
        (f"<img src=/media/{ID}/full.jpg>", f'<p><img alt="" src="/media/{ID}/full.jpg"></p>'),
        ("![a](javascript:alert(1))", "<p><span>a</span></p>"),
    ],
)
def test_a_picture_from_elsewhere_is_a_link_or_its_words(body, expected):
    assert html(body) == expected


def test_pictures_that_a_text_names_and_those_that_it_shows():
    other = "B" * 22
    body = f"![](/media/{ID}/full.jpg) ![](/media/{ID}/320.jpg) [x](/media/{other}/full.png) /media/short/full.png"
    assert pictures_in(body) == [ID, other]
    assert draw(body, {ID: PICTURE, other: Picture(other, "png", 1, 1)}).pictures == (ID,)


# What is counted and read


def test_words_beginning_and_plain_text_are_those_that_a_reader_reads():
    printed = draw(
        f"# Title\n\nOne *two* three's[^1].\n\n- four\n\n{CODE}\n\nFive &amp; six.\n\n[^1]: Seven.\n\n[TOC]", {}
    )
    assert printed.words == 9
    assert printed.excerpt == "One two three\u2019s. Five & six."
    assert printed.plain.startswith("Title One two three\u2019s. four door.py def door():")
    assert printed.plain.endswith("Five & six. Seven.")


def test_words_of_scripts_without_spaces_are_counted_in_pairs():
    assert draw("漢字の話 and two", {}).words == 4


def test_a_long_beginning_ends_between_words():
    assert shortened("word " * 100).endswith("word…")
    assert len(shortened("word " * 100)) <= EXCERPT_MAX
    assert len(shortened("w" * 1000)) == EXCERPT_MAX
    assert len(draw("word " * 1000, {}).excerpt) <= EXCERPT_MAX


# What is hostile


@pytest.mark.parametrize("body", SCRIPTS)
def test_nothing_that_could_run_or_reach_out_is_left(body):
    tree = html5lib.parseFragment(html(body), namespaceHTMLElements=False)
    for element in tree.iter():
        assert element.tag not in {
            "script",
            "style",
            "iframe",
            "object",
            "form",
            "input",
            "base",
            "svg",
            "math",
            "link",
        }
        assert not [name for name in element.attrib if name.startswith("on") or name in {"style", "srcdoc", "name"}]
        assert re.match(r"(?:https?://|mailto:|[^:/?#]*(?:[/?#]|$))", element.get("href", "/"), re.ASCII)
        assert element.get("src", "/media/").startswith(("/media/", "/static/"))
        assert element.get("id", "s-").startswith("s-"), "no name of the page's own"


def test_classes_are_those_of_articles_only():
    drawn = html('<div class="top banner note">a</div>\n\npara\n{: .owner .wide #x style="color:red" onclick="a()" }')
    assert 'class="note"' in drawn
    assert "banner" not in drawn
    assert "owner" not in drawn
    assert "style" not in drawn


def test_what_the_parser_raises_becomes_a_sentence(monkeypatch):
    assert "nested too deeply" in answer(Printing("* " * 1000 + "a", {})).refused
    monkeypatch.setattr(_working, "draw", lambda *_: {}["a fault of ours"])
    assert answer(Printing("a", {})) == Answer(refused=_working.BROKEN, fault="KeyError")


def test_a_text_that_grows_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(_drawing, "HTML_MAX", 1000)
    with pytest.raises(Unfit, match="larger"):
        draw(f"{'word ' * 30}\n\n*[word]: {'long ' * 30}", {})
