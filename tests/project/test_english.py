"""The check of plain English counts what it says, and the pages and docstrings keep to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.project.english import Count, count, main, paragraphs

PAGE = """# A title, with commas, that is not counted

One two three, four. Five six seven!

```python
>>> code, code, code, and no sentence at all
```

| a table, too | and it |

- An item of a list: it is a paragraph of [its own](page.md).
- Another `one, with code` in it.
"""


def test_paragraphs_leave_out_what_is_no_prose() -> None:
    """Titles, tables and blocks of code are left out; links are their words, and code is one."""
    assert [
        "One two three, four. Five six seven!",
        "An item of a list: it is a paragraph of its own.",
        "Another code in it.",
    ] == list(paragraphs(PAGE))


def test_sentences_are_counted_with_their_words_and_commas() -> None:
    """Two short sentences with one comma, and one of 31 words, which is long; 30 are not."""
    assert Count(2, 3.5, 0.0, 0.5) == count(iter(["One two three, four. Five six seven!"]))
    assert [0.0, 1.0] == [count(iter([f"{'word ' * words}."[:-2] + "."])).long for words in (30, 31)]
    assert (True, False, False) == (
        Count(20, 10.0, 0.05, 1.2).is_plain,
        Count(20, 10.0, 0.06, 1.2).is_plain,
        Count(20, 10.0, 0.05, 1.21).is_plain,
    )


def test_the_project_is_plain_and_a_wall_of_text_is_told(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Pages keep to the limits; a paragraph of 91 words is named and makes the check fail, one of 90 does not."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "page.md").write_text("Short ones do. " * 30, "utf-8")
    for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md"):
        (tmp_path / name).write_text("Short ones do.", "utf-8")
    status = [main(project), main(tmp_path)]
    (tmp_path / "README.md").write_text(f"Four words are here. {'Short ones do. ' * 29}", "utf-8")
    status.append(main(tmp_path))

    assert [0, 0, 1] == status
    assert "README.md: a paragraph of 91 words: Four words are here." in capsys.readouterr().out
