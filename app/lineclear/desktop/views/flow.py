"""Parts side by side that go on in the next line where there is no room. Holds no rules."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QStyle


class Flow(QLayout):
    """As high as its lines need to be; a part that is wider than the place gets all of it."""

    def __init__(self, gap: int = 6) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self._gap = gap
        self.setContentsMargins(0, 0, 0, 0)

    @override
    def addItem(self, item: QLayoutItem, /) -> None:
        self._items.append(item)

    @override
    def count(self) -> int:
        return len(self._items)

    @override
    def itemAt(self, index: int, /) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    @override
    def takeAt(self, index: int, /) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    @override
    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int, /) -> int:
        return self._lay_out(QRect(0, 0, width, 0), is_final=False)

    @override
    def setGeometry(self, rect: QRect, /) -> None:
        super().setGeometry(rect)
        self._lay_out(rect, is_final=True)

    @override
    def sizeHint(self) -> QSize:
        across = sum(item.sizeHint().width() + self._gap for item in self._shown())
        high = max((item.sizeHint().height() for item in self._shown()), default=0)
        return QSize(max(across - self._gap, 0), high)

    @override
    def minimumSize(self) -> QSize:
        return QSize(24, max((item.sizeHint().height() for item in self._shown()), default=0))

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _direction(self) -> Qt.LayoutDirection:
        parent = self.parentWidget()
        return parent.layoutDirection() if parent is not None else Qt.LayoutDirection.LeftToRight

    def _lay_out(self, box: QRect, *, is_final: bool) -> int:
        y = box.y()
        for line in self._lines(box.width()):
            high = max(size.height() for _item, size in line)
            x = box.x()
            for item, size in line if is_final else ():
                place = QRect(x, y + (high - size.height()) // 2, size.width(), size.height())
                item.setGeometry(QStyle.visualRect(self._direction(), box, place))
                x += size.width() + self._gap
            y += high + self._gap
        return max(y - self._gap, box.y()) - box.y()

    def _lines(self, width: int) -> list[list[tuple[QLayoutItem, QSize]]]:
        """What stands in each line; whatever is lower than its line stands in the middle of it."""
        lines: list[list[tuple[QLayoutItem, QSize]]] = []
        left = -1
        for item in self._shown():
            size = item.sizeHint().boundedTo(QSize(max(width, 1), 1 << 20))
            if size.width() > left:
                lines.append([])
                left = width
            lines[-1].append((item, size))
            left -= size.width() + self._gap
        return lines
