"""What a build says while it runs."""

from __future__ import annotations

from skq.console import Console


def test_lines_without_a_terminal(capsys):
    """In a log every report is a line with its place among all of them."""
    with Console(terminal=False) as console:
        console.say("executing")
        console.advance(1, 2, "Norra skolan: built")
        console.advance(2, 2, "Södra skolan: built")
    told = capsys.readouterr().err
    assert told.splitlines() == ["executing", "  1/2  Norra skolan: built", "  2/2  Södra skolan: built"]


def test_bar_ends_before_the_next_step(capsys):
    """In a terminal the bar is taken away before the next line, so that no line is overwritten."""
    with Console(terminal=True) as console:
        console.advance(1, 2, "Norra skolan: built")
        console.say("rendering")
        console.advance(2, 2, "Södra skolan: built")
    assert "rendering" in capsys.readouterr().err.splitlines()
