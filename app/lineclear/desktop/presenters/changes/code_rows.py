"""A change of code, file by file: hunks with context, folds, numbers on both sides. Pure: free of Qt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from lineclear.desktop.presenters.changes.code_parts import Layout, Place, RowKind
from lineclear.desktop.presenters.changes.code_sheets import CodeFile, CodeFold, CodeHunk, CodeSheet, Lines
from lineclear.desktop.presenters.changes.rows import Made
from lineclear.desktop.presenters.changes.syntax import Colouring
from lineclear.desktop.presenters.changes.values import code_value, named
from lineclear.desktop.presenters.sheets import ChangeRow, Sign, Value
from lineclear.domain.diffing.code import FoldedLines, Hunk, Row, fold_rows, sections, side_by_side, unified
from lineclear.domain.diffing.result import Diff
from lineclear.domain.diffing.texts import diff_texts
from lineclear.domain.diffing.words import Spans
from lineclear.domain.strict_json import Json
from lineclear.domain.text import paintable
from lineclear.domain.wording import marked, say, say_n

type Files = dict[str, Json]

_LARGE = 20_000
"""Characters of a line of which a row takes long to make."""
NEW, GONE, UNCHANGED = marked("new file"), marked("file removed"), marked("unchanged")
_CHANGED = marked("changed")
_NOT_THERE = marked("not there")


def code_sheet(before: Files, after: Files) -> tuple[CodeSheet, str]:
    """Compare two mappings of path to text, with how much changed in a few words.

    A path without text, or with null, is a file that is not there. See `split_code` for what is no text.
    """
    files: list[CodeFile] = []
    unchanged: list[CodeFile] = []
    came = went = 0
    for path in sorted(before.keys() | after.keys()):
        was, becomes = before.get(path), after.get(path)
        file, more, fewer = _file(path, was, becomes)
        (unchanged if was == becomes else files).append(file)
        came, went = came + more, went + fewer
    if not files:
        return CodeSheet((*files, *unchanged)), say("Nothing")
    number = say_n("{count:,} file", "{count:,} files", len(files))
    said = say("{files}, +{came:,} −{went:,}", files=number, came=came, went=went)  # noqa: RUF001 - as in the signs
    return CodeSheet((*files, *unchanged)), said


def split_code(before: Json, after: Json) -> tuple[tuple[Files, Files], tuple[Json, Json]]:
    """Divide two states into files of text and the rest, which is compared field by field."""
    if not isinstance(before, dict) or not isinstance(after, dict):
        return ({}, {}), (before, after)
    others = {
        path
        for state in (before, after)
        for path, text in state.items()
        if not isinstance(text, str) and text is not None
    }
    files = tuple({path: text for path, text in one.items() if path not in others} for one in (before, after))
    rest = tuple({path: text for path, text in one.items() if path in others} for one in (before, after))
    return (files[0], files[1]), (rest[0], rest[1])


def _file(path: str, was: Json, becomes: Json) -> tuple[CodeFile, int, int]:
    """One file, and how many lines came and went."""
    made = _Maker(path, was, becomes)
    parts = tuple(made.parts())
    came = sum(change.after_path is not None for change in made.compared.changes)
    went = sum(change.before_path is not None for change in made.compared.changes)
    if not isinstance(was, str) or not isinstance(becomes, str):
        came, went = (len(made.after), 0) if isinstance(becomes, str) else (0, len(made.before))
    told = _told(was, becomes)
    is_cut = any(isinstance(text, str) and text and not text.endswith("\n") for text in (was, becomes))
    end = say("no line feed at its end") if is_cut else ""
    place = Place(RowKind.FILE, came=came, went=went, told=", ".join(filter(None, (say(told), end))))
    sign = {NEW: Sign.ADDED, GONE: Sign.REMOVED, "": Sign.CHANGED}.get(told, Sign.SAME)
    said = say(
        "File {path}, {told}: {came} added, {went} removed",
        path=path,
        told=say(told or _CHANGED),
        came=say_n("{count:,} line", "{count:,} lines", came),
        went=say_n("{count:,} line", "{count:,} lines", went),
    )
    return CodeFile(_row(sign, path, said, place), parts), came, went


def _told(was: Json, becomes: Json) -> str:
    if was == becomes:
        return UNCHANGED if isinstance(was, str) else _NOT_THERE
    if isinstance(was, str):
        return "" if isinstance(becomes, str) else GONE
    return NEW


class _Maker:
    """Makes the rows of one file; each line's when it comes into sight."""

    def __init__(self, path: str, was: Json, becomes: Json) -> None:
        self.path = path
        old, new = _without_end(was, becomes)
        self.before = old.split("\n") if old is not None else []
        self.after = new.split("\n") if new is not None else []
        is_both = old is not None and new is not None
        self.compared = diff_texts(old or "", new or "") if is_both else diff_texts("", "")
        self._old, self._new = Colouring(path, self.before), Colouring(path, self.after)

    def parts(self) -> Iterator[CodeHunk | CodeFold]:
        if not self.before or not self.after:
            lines = self._whole()
            if lines:
                yield CodeHunk(None, dict.fromkeys(Layout, lines))
            return
        for part in sections(self.compared):
            yield self._hunk(self.compared, part) if isinstance(part, Hunk) else self._fold(part)

    def _whole(self) -> Lines:
        """Every line of a file that one side has."""
        gone = [Row(number, None, text, "") for number, text in enumerate(self.before)]
        came = [Row(None, number, "", text) for number, text in enumerate(self.after)]
        return self._lines((*gone, *came), Layout.UNIFIED)

    def _hunk(self, compared: Diff, hunk: Hunk) -> CodeHunk:
        said = say("Changes from line {after} of {path}", after=hunk.start.after + 1, path=self.path)
        lines = {
            Layout.UNIFIED: self._lines(unified(compared, hunk), Layout.UNIFIED),
            Layout.BESIDE: self._lines(side_by_side(compared, hunk), Layout.BESIDE),
        }
        return CodeHunk(_row(Sign.SAME, hunk.heading, said, Place(RowKind.HUNK)), lines)

    def _fold(self, fold: FoldedLines) -> CodeFold:
        key = f"{self.path}:{fold.start.before}"
        said = say_n("{count:,} unchanged line", "{count:,} unchanged lines", fold.count)
        place = Place(RowKind.FOLD, fold.start.before + 1, fold.start.after + 1, key=key)
        rows = tuple(fold_rows(self.compared, fold))
        lines = {layout: self._lines(rows, layout) for layout in Layout}
        closed = _row(
            Sign.SAME, said, say("{said} of {path}, Enter shows them", said=said, path=self.path), place
        )
        texts = self.before[fold.start.before : fold.start.before + fold.count]
        return CodeFold(key, closed, lines, texts)

    def _lines(self, rows: Iterable[Row], layout: Layout) -> Lines:
        """Each line is made when it comes into sight, but for those that take longer than a frame may."""
        lines = Made(list(rows), partial(self._line, layout=layout))
        if layout is Layout.UNIFIED:
            lines.make_all(lambda row: len(row.before) + len(row.after) > _LARGE)
        return lines

    def _line(self, row: Row, layout: Layout) -> ChangeRow:
        spans = row.change.spans() if row.change is not None else Spans((), ())
        old = new = None
        if row.before_line is not None:
            old = code_value(row.before, spans.before, self._old.line(row.before_line))
        if row.after_line is not None:
            new = code_value(row.after, spans.after, self._new.line(row.after_line))
        place = Place(RowKind.LINE, _number(row.before_line), _number(row.after_line), layout)
        return _line_row(self.path, row, place, old, new)


def _without_end(was: Json, becomes: Json) -> tuple[str | None, str | None]:
    """Both texts without the line feed at their end, where every one of them has it: it begins no line."""
    old, new = (text if isinstance(text, str) else None for text in (was, becomes))
    if all(text is None or text.endswith("\n") for text in (old, new)):
        return (None if old is None else old[:-1]), (None if new is None else new[:-1])
    return old, new


def _line_row(path: str, row: Row, place: Place, old: Value | None, new: Value | None) -> ChangeRow:
    """A line with all of it in words; what is gone is named by its number before."""
    if old is None:
        sign, said = Sign.ADDED, say("line {number} added: {text}", number=place.after, text=row.after)
    elif new is None:
        sign = Sign.REMOVED
        said = say("line {number} removed: {text}", number=place.before, text=row.before)
    elif row.change is None:
        sign, said = Sign.SAME, say("line {number}: {text}", number=place.after, text=row.after)
    else:
        sign, words = Sign.CHANGED, marked("line {number} changed: {before}, then {after}")
        said = say(words, number=place.after, before=row.before, after=row.after)
    where = (
        say("{path}:{number} before", path=path, number=place.before)
        if new is None
        else f"{path}:{place.after}"
    )
    return ChangeRow(sign, paintable(where), old, new, paintable(said).text, code=place)


def _row(sign: Sign, text: str, said: str, place: Place) -> ChangeRow:
    """A row that is no line: a file, a hunk or a fold."""
    return ChangeRow(sign, named(text), None, None, paintable(said).text, code=place)


def _number(line: int | None) -> int | None:
    """A line's number as people count."""
    return None if line is None else line + 1
