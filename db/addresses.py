"""Which addresses a page may lead to. A rule; for whatever comes from elsewhere, when it comes and when it is drawn."""

from urllib.parse import urlsplit

LENGTH_MAX = 1000


def web_link(value: object) -> str:
    """The address if it is one of the web: http or https, with a host, without spaces and without a name and password,
    by which one host can look like another. Empty for anything else, a script among it.
    """
    if not isinstance(value, str) or len(value) > LENGTH_MAX or not value.isprintable() or any(map(str.isspace, value)):
        return ""
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return ""
    is_good = parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
    return value if is_good else ""
