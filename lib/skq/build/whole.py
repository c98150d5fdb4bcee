"""One build: nothing where everything is as the last one left it, which is asked before anything heavy is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skq.build.claim import refuse_another
from skq.build.lock import folder_lock
from skq.build.request import Places, Request
from skq.build.state import engine_version, only_pages_changed, remembered, request_parts
from skq.build.summary import Summary
from skq.build.watching import is_watched
from skq.render.engine import choose_engine

if TYPE_CHECKING:
    from skq.batch.pool import Pool
    from skq.build.anew import Advance, Began, Say


def build_all(
    request: Request,
    *,
    say: Say = lambda message: None,
    advance: Advance = lambda done, total, item: None,
    began: Began = lambda task, station, cell: None,
    pool: Pool | None = None,
) -> Summary:
    """Build everything that *request* asks for and return what became of it.

    A report that fails stops no other (unless `keep_going` is off); it is named in the summary, and nothing of it is in
    the site. Wrong input or settings raise an SkqError before anything is written; the site is replaced in one step, at
    the end. *say* gets one line per step, *advance* how many of how many reports are ready, and what became of the
    newest, *began* every station and cell as a report comes to it (by other threads). *pool* makes the reports:
    processes of this machine if it is None.
    """
    engine = choose_engine(request.settings.engine)
    places = Places(request.out)
    refuse_another(places, request.settings.audience)
    with folder_lock(places.lock):
        parts = request_parts(request, engine_version(engine))
        if is_watched(request) and places.units.is_file() and (told := remembered(places, parts)):
            return Summary.of(places.site, {**told, "built": 0, "reused": told["built"] + told["reused"]})
        if pool is None and not only_pages_changed(places, parts):
            from skq.batch.warm import sharing

            sharing.begin()  # what kernels need is loaded beside what this process needs
        from skq.build.anew import built_anew  # the libraries that compute and draw: a build with nothing to do is over

        return built_anew(request, engine, parts, say=say, advance=advance, began=began, pool=pool)
