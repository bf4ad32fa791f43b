"""What is folded is seen after a click only, and still there as text."""

import pytest

from nnteach.draw import plots
from nnteach.practice import folded as module
from nnteach.practice.folded import Folded, folded
from nnteach.training import Run


@pytest.fixture
def shown(monkeypatch):
    things = []
    monkeypatch.setattr("IPython.display.display", things.append)
    return things


def test_what_is_printed_and_shown_stands_inside_of_details(shown, capsys):
    picture = plots.cost_curves(Run({}, plots.np.array([2.0, 1.0]), 0.1, None))
    with folded("Look `here`") as show:
        print("<b>42</b>")
        show(picture)
    assert capsys.readouterr().out == ""
    (output,) = shown
    html = output._repr_mimebundle_()["text/html"]
    assert html.startswith("<details><summary>Look <code>here</code></summary>")
    assert html.endswith("</details>")
    assert html.count("<details") == 1
    assert " open" not in html[:60]
    assert "&lt;b&gt;42" in html
    assert picture.sentence in html
    assert f"{output!r}" == f"Look `here`:\n{picture.sentence}\n<b>42</b>"


def test_an_error_within_goes_on_and_nothing_is_shown(shown):
    with pytest.raises(ZeroDivisionError), folded():
        print(1 / 0)
    assert shown == []


def test_nothing_printed_leaves_only_what_was_handed_over(shown):
    with folded() as show:
        show(module.Block("a table"))
    assert isinstance(shown[0], Folded)
    assert shown[0].things == ["a table"]
