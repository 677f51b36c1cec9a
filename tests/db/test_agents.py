import pytest

from db.agents import describe

MOZILLA = "Mozilla/5.0"
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (f"{MOZILLA} (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        (f"{MOZILLA} (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36", "Chrome on Windows"),
        (f"{MOZILLA} (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36 Edg/141.0.0.0", "Edge on Windows"),
        (f"{MOZILLA} (Windows NT 10.0) {CHROME} Safari/537.36 OPR/122.0.0.0", "Opera on Windows"),
        (f"{MOZILLA} (Linux; Android 10; K) {CHROME} Mobile Safari/537.36", "Chrome on Android"),
        (
            f"{MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605 (KHTML) Version/18.0 Safari/605.1",
            "Safari on macOS",
        ),
        (
            f"{MOZILLA} (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile/15E1 Safari/604",
            "Safari on iPhone",
        ),
        ("curl/8.5.0", "curl"),
        (f"{MOZILLA} (X11; Linux x86_64)", "Something on Linux"),
        ("", "Something unknown"),
        ("<script>" * 10_000, "Something unknown"),
        ("x" * 600 + "Firefox/1 Linux", "Something unknown"),
    ],
)
def test_a_browser_is_told_in_words(user_agent, words):
    assert describe(user_agent) == words
