"""What a notebook shows of the package is its real source."""

import inspect

import pytest

from nnteach import deep, show_source, two_layer
from nnteach.source import Source


def test_it_is_the_source_with_its_checks():
    text = str(show_source(two_layer.predict, two_layer.forward_propagation))
    assert inspect.getsource(two_layer.predict).rstrip() in text
    assert text.index("def predict") < text.index("@checked")
    compile(text, "shown", "exec")


def test_a_method_stands_at_the_margin():
    assert str(show_source(deep.Network.predict)).startswith("def predict(self")


@pytest.mark.parametrize("other", [len, None, 3, {}, "predict", eval("lambda: 0")])
def test_what_has_no_source_is_refused(other):
    with pytest.raises(TypeError, match=r"expected functions .* written in Python"):
        show_source(other)


def test_backticks_in_it_do_not_end_it():
    text = '"""\n```\n<script>hacked = 1</script>\n````"""'
    shown = Source(text)._repr_mimebundle_()["text/markdown"]
    assert shown == f"`````python\n{text}\n`````"


def test_it_is_shown_highlighted_and_as_plain_text():
    assert Source("x = 1")._repr_mimebundle_() == {
        "text/markdown": "```python\nx = 1\n```",
        "text/plain": "x = 1",
    }
