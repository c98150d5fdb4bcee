"""Text -> what must not be in a release whatever the data are: personal numbers, addresses, paths, keys.

Pure. Text is expected as `plain` returns it. Fixed-line telephone numbers are not looked for (a school's switchboard
may well be named, and tables are full of digits); mobile numbers are, because they belong to persons.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from skq.release.persons import personal_numbers
from skq.release.plain import plain

_FILE_ENDINGS = frozenset(
    re.findall(r"\w+", "avif bmp css csv gif htm html ico jpeg jpg js json map md pdf png svg ttf txt webp woff")
)
_EMAIL = re.compile(r"@(?:[\w-]+\.)+([^\W\d_]{2,24})(?![\w@])")
_BEFORE_AT = re.compile(r"[\w.+-]*\w\Z")
_LONGEST_BEFORE_AT = 64


@dataclass(frozen=True)
class _Looked:
    """A pattern, the rule that it stands for, and texts one of which is in every match (in small letters)."""

    rule: str
    what: str
    signs: tuple[str, ...]
    pattern: re.Pattern[str]


_LOOKED_FOR = (
    _Looked(
        "e-mail",
        "an e-mail address written in words",
        ("at]", "at)", "at }", "at ]", "at )", "snabel"),
        re.compile(r"(?<=\w) ?[\[(] ?(?:at|snabel-?a) ?[\])] ?(?=\w)", re.IGNORECASE),
    ),
    _Looked(
        "telephone",
        "a mobile telephone number",
        ("07", "+46", "0046"),
        re.compile(r"(?<![\d.,+-])(?:\+46 ?(?:\(0\) ?)?|0046 ?|0)7[02369](?:[ -]{0,2}\d){7}(?![\d.,]*\d)"),
    ),
    _Looked(
        "machine-path",
        "a path of a machine",
        ("/home/", "/users/", "/root/", "/tmp/", "/folders/", "/private/", "/mnt/", "/media/", "/volumes/", "/srv/",
         "/opt/", "/workspace"),
        re.compile(r"(?<![\w.:/~-])/(?:home|Users|root|tmp|var/folders|private/(?:tmp|var)|mnt|media|Volumes|srv|opt"
                   r"|workspaces?)/[^\s\"'<>]"),
    ),
    _Looked(
        "machine-path",
        "a path of a Windows machine",
        (":\\", ":/users", ":/program", ":/temp", ":/windows", ":/data", ":/dokument"),
        re.compile(r"(?<![A-Za-z0-9])[A-Za-z]:(?:\\+[\w.~$ -]+\\|/(?:Users|Program|Temp|Windows|Data|Dokument)\b)"),
    ),
    _Looked(
        "machine-path",
        "a path of a file server",
        ("\\\\",),
        re.compile(r"(?<![\\\w:])\\{2,4}[A-Za-z0-9][A-Za-z0-9_.-]+\\+[A-Za-z0-9$_][^\s\"'<>]*"),
    ),
    _Looked("machine-path", "an address of a file", ("file:/",), re.compile(r"\bfile:/+[^\s\"'<>)]", re.IGNORECASE)),
    _Looked(
        "machine-path",
        "a path below a user's own folder",
        ("~/", "%userprofile%", "%appdata%", "%homepath%"),
        re.compile(r"(?<!\w)~/[\w.]+/|%(?:USERPROFILE|APPDATA|HOMEPATH)%", re.IGNORECASE),
    ),
    _Looked(
        "secret-key",
        "a key or a password",
        ("private key-", "akia", "asia", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "xox", "eyj"),
        re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{30,}"
                   r"|\bxox[abprs]-[A-Za-z0-9-]{10,}|\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}"),
    ),
    _Looked(
        "secret-key",
        "a key or a password",
        ("password", "passwd", "lösenord", "api_key", "api-key", "apikey", "secret", "access_token"),
        re.compile(r"\b(?:password|passwd|lösenord|api[_-]?key|\w*secret|access_token)[\"']? ?[=:] ?[\"'][^\"'\s]{6,}"
                   r"[\"']", re.IGNORECASE),
    ),
)  # fmt: skip

_EVERYDAY_NAMES = frozenset(re.findall(r"\w+",
    "admin administrator analyst analytiker build bygge computer data dator default desktop docker guest host html"
    " index jovyan jupyter kommun laptop linux localhost main nobody owner pupil python quarto rapport rektor report"
    " root runner school server site skola skolan skolor student style system test text title ubuntu user users"
    " windows work worker"))  # fmt: skip
"""User and host names that tell nothing, or that are words of the reports; a path with them is found as a path."""

SHORTEST_NAME = 4
_Item = TypeVar("_Item")


@dataclass(frozen=True)
class Match:
    """One thing found: the rule that it breaks, where it begins and ends in the text, and what it is, in words."""

    rule: str
    start: int
    end: int
    what: str


@dataclass(frozen=True)
class Forbidden:
    """What may not be there because of where and by whom the release was made.

    *paths*: folders of the machine, absolute; *names*: the user's login and the host's name; *allowed*: e-mail
    addresses that the organizer publishes on purpose.
    """

    paths: Sequence[str] = ()
    names: Sequence[str] = ()
    allowed: Collection[str] = ()
    _path: re.Pattern[str] | None = field(init=False, repr=False, compare=False)
    _name: re.Pattern[str] | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "paths", tuple(map(plain, self.paths)))
        object.__setattr__(self, "_path", _any_path(self.paths))
        object.__setattr__(self, "_name", _any_name(self.names))

    def matches(self, text: str, *, names: bool = True) -> Iterator[Match]:
        """Yield each of these folders, and *names*, in *text*."""
        if self._path and any(_last_step(path) in text for path in self.paths):
            yield from _each(self._path, "machine-path", "a folder of the machine on which it was made", text)
        if self._name and names:
            yield from _each(self._name, "machine-name", "the name of a user or a machine", text)


def matches(text: str, forbidden: Forbidden, *, foreign: bool = False) -> Iterator[Match]:
    """Yield everything in *text* that may not be in a release.

    *foreign* is text of programs and typefaces that others have made: in it only personal numbers with a right check
    digit and what *forbidden* names are looked for, since addresses and paths of its makers are no secret.
    """
    for start, end in personal_numbers(text, strict=foreign):
        yield Match("personal-number", start, end, "a personal identity number")
    yield from forbidden.matches(text, names=not foreign)
    if foreign:
        return
    yield from _addresses(text, forbidden.allowed)
    small = text.lower()
    for looked in _LOOKED_FOR:
        if any(sign in small for sign in looked.signs):
            yield from _each(looked.pattern, looked.rule, looked.what, text)


def _addresses(text: str, allowed: Collection[str]) -> Iterator[Match]:
    """Yield the e-mail addresses of *text*, sought from the `@`; endings of files (`icon@2x.png`) are none."""
    for found in _EMAIL.finditer(text):
        before = _BEFORE_AT.search(text, max(0, found.start() - _LONGEST_BEFORE_AT), found.start())
        if before is None or found[1].casefold() in _FILE_ENDINGS:
            continue
        if (before[0] + found[0]).casefold() not in _folded(allowed):
            yield Match("e-mail", before.start(), found.end(), "an e-mail address")


def _each(pattern: re.Pattern[str], rule: str, what: str, text: str) -> Iterator[Match]:
    for found in pattern.finditer(text):
        yield Match(rule, *found.span(), what)


def _folded(texts: Collection[str]) -> set[str]:
    return {text.casefold() for text in texts}


def _last_step(path: str) -> str:
    return re.split(r"[\\/]+", path.rstrip("\\/"))[-1]


def _any_path(paths: Sequence[str]) -> re.Pattern[str] | None:
    """Return a pattern for any of *paths*, with either kind of slash; single steps from the root tell nothing."""
    steps = [tuple(step for step in re.split(r"[\\/]+", path) if step) for path in paths]
    named = sorted({path for path in steps if len(path) > 1 or (path and len(path[0]) > 8)}, reverse=True)
    return _either(named, lambda path: r"[\\/]+".join(map(re.escape, path)), before=r"[\\/]", after=r"(?![\w])")


def _any_name(names: Sequence[str]) -> re.Pattern[str] | None:
    telling = sorted({name for name in names if len(name) >= SHORTEST_NAME and name.casefold() not in _EVERYDAY_NAMES})
    return _either(telling, re.escape, before=r"(?<![\w])", after=r"(?![\w])")


def _either(
    items: Sequence[_Item], written: Callable[[_Item], str], *, before: str, after: str
) -> re.Pattern[str] | None:
    return re.compile(f"{before}(?:{'|'.join(map(written, items))}){after}") if items else None
