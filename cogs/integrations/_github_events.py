"""GitHub's events in words: "pushed to robin/porchlight". For cogs/integrations/github.py.

Since autumn 2025 a push comes without its commits, and a pull request with little more than its number, so that
nothing is taken for granted but the kind, the repository and the time.
"""

import re
from typing import Any

from ._outbound import SourceFailed
from ._words import ODD, Part, line, link, moment, shaped

LATEST = 3
REPOSITORY = re.compile(r"[\w.-]{1,100}/[\w.-]{1,100}", re.ASCII)
MAIN = frozenset({"", "main", "master"})
VERBS = {
    "CommitCommentEvent": "commented on",
    "DiscussionEvent": "began a discussion in",
    "ForkEvent": "forked",
    "GollumEvent": "wrote in the wiki of",
    "IssueCommentEvent": "commented in",
    "PublicEvent": "made public",
    "PullRequestReviewCommentEvent": "commented in",
    "PullRequestReviewEvent": "reviewed a change in",
    "PushEvent": "pushed to",
    "ReleaseEvent": "released a version of",
    "WatchEvent": "starred",
}
WITH_ACTION = {
    ("CreateEvent", "repository"): "created",
    ("CreateEvent", "branch"): "began a branch in",
    ("CreateEvent", "tag"): "tagged a version of",
    ("IssuesEvent", "opened"): "opened an issue in",
    ("IssuesEvent", "closed"): "closed an issue in",
    ("IssuesEvent", "reopened"): "reopened an issue in",
    ("PullRequestEvent", "opened"): "opened a pull request in",
    ("PullRequestEvent", "closed"): "closed a pull request in",
    ("PullRequestEvent", "merged"): "merged a pull request in",
    ("PullRequestEvent", "reopened"): "reopened a pull request in",
}


class Repository(Part, frozen=True):
    name: str


class Thing(Part, frozen=True):
    html_url: str | None = None
    merged: bool | None = None


class Payload(Part, frozen=True):
    action: str | None = None
    ref: str | None = None
    ref_type: str | None = None
    comment: Thing | None = None
    issue: Thing | None = None
    pull_request: Thing | None = None
    release: Thing | None = None
    review: Thing | None = None


class Event(Part, frozen=True):
    type: str
    repo: Repository
    created_at: str
    public: bool = False
    payload: Payload | None = None


def latest(answer: Any, site: str) -> list[dict[str, Any]]:
    """The newest three that there are words for, each once, and none that is not public. Raises SourceFailed."""
    if not isinstance(answer, list):
        raise SourceFailed(ODD, status=200)
    told: dict[tuple[str, str], dict[str, Any]] = {}
    for event in (shaped(one, Event) for one in answer):
        verb, at = _verb(event), moment(event.created_at)
        if not (event.public and verb and at and REPOSITORY.fullmatch(event.repo.name)):
            continue
        what = _what(event)
        told.setdefault((verb, what), {"verb": verb, "what": what, "url": _url(event, site), "at": at})
    return list(told.values())[:LATEST]


def _verb(event: Event) -> str | None:
    payload = event.payload or Payload()
    action = payload.ref_type or payload.action or ""
    if event.type == "PullRequestEvent" and payload.pull_request and payload.pull_request.merged:
        action = "merged"
    return VERBS.get(event.type) or WITH_ACTION.get((event.type, action))


def _what(event: Event) -> str:
    branch = ((event.payload or Payload()).ref or "").removeprefix("refs/heads/")
    is_aside = event.type == "PushEvent" and branch not in MAIN
    return line(f"{event.repo.name} ({branch})" if is_aside else event.repo.name, 120)


def _url(event: Event, site: str) -> str:
    """Of the thing itself where it is told, and where it lies on the same site; else of the repository."""
    payload = event.payload or Payload()
    things = (payload.comment, payload.review, payload.release, payload.pull_request, payload.issue)
    for thing in things:
        if thing and thing.html_url and thing.html_url.startswith(f"{site}/") and (found := link(thing.html_url)):
            return found
    return f"{site}/{event.repo.name}"
