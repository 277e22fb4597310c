"""The line icons of the pages, as SVG path data on a 16 x 16 grid.

Drawn for this project. The `icon` tag of `biaogan` puts them into a page; nothing else reads this module.
"""

from typing import Final

ICONS: Final[dict[str, str]] = {
    # marks of outcomes
    "check": "M3 8.5 6.5 12 13 4.5",
    "equal": "M3.5 6h9M3.5 10h9",
    "over": "M2.5 8h7M6.5 5 9.5 8l-3 3M13 3v10",
    "below": "M8 3v9M4.5 8.5 8 12l3.5-3.5",
    "cross": "M4 4l8 8M12 4l-8 8",
    "dash": "M4 8h8",
    "barred": "M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 0 0 0-11M4.5 8h7",
    "gap": "M2.5 8h3.5M10 8h3.5M6 5v6M10 5v6",
    "waiting": "M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 0 0 0-11M8 5v3.5l2 1.5",
    "graded": "M8 2.2l1.7 3.6 3.9.5-2.9 2.7.8 3.9L8 11l-3.5 1.9.8-3.9L2.4 6.3l3.9-.5z",
    "seen": "M2 8.5h2.5v4H2zM6.7 3.5h2.5v9H6.7zM11.5 6h2.5v6.5h-2.5z",
    # moving about
    "menu": "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
    "search": "M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 0 0 0-9M10.5 10.5 14 14",
    "caret": "M3.5 6 8 10.5 12.5 6",
    "left": "M10 3.5 5.5 8 10 12.5",
    "right": "M6 3.5 10.5 8 6 12.5",
    "up": "M8 13V4M4.5 7.2 8 3.7l3.5 3.5",
    "link": "M6.5 9.5l3-3M7 4.5 8.6 2.9a3.2 3.2 0 0 1 4.5 4.5L11.5 9M9 11.5l-1.6 1.6a3.2 3.2 0 0 1-4.5-4.5L4.5 7",
    # things one does
    "print": "M4.5 6V2h7v4M4.5 11.5H2.5V6h11v5.5h-2M4.5 9.5h7V14h-7z",
    "excel": "M9 1.8H4v12.4h8V4.8zM9 1.8v3h3M6 8l4 4M10 8l-4 4",
    "document": "M9.5 1.8h-6v12.4h9V4.8zM9.5 1.8v3h3M6 8.5h4M6 11h4",
    "download": "M8 2.5v8M4.5 7.2 8 10.7l3.5-3.5M2.5 13.5h11",
    "upload": "M8 10.5v-8M4.5 5.8 8 2.3l3.5 3.5M2.5 13.5h11",
    "copy": "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
    "edit": "M3 13l.8-3.2L11 2.6 13.4 5l-7.2 7.2z",
    "plus": "M8 3v10M3 8h10",
    "trash": "M3 4.5h10M6 4.5V2.8h4v1.7M4.3 4.5l.6 9h6.2l.6-9M6.8 7v4M9.2 7v4",
    "refresh": "M13 8a5 5 0 1 1-1.5-3.6M13 2.5v3h-3",
    "camera": "M2 5h3l1-1.8h4L11 5h3v8H2zM8 7a2 2 0 1 0 0 4 2 2 0 0 0 0-4",
    "screen": "M2 3h12v8H2zM6 14h4M8 11v3",
    "leave": "M6.5 2.5h-4v11h4M6 8h7.5M10.5 5l3 3-3 3",
    "swap": "M3 5.5h9.5M10 3l2.5 2.5L10 8M13 10.5H3.5M6 8l-2.5 2.5L6 13",
    # things one sees
    "warning": "M8 2.5 14.3 13.5H1.7zM8 6.5v3.2M8 11.6v.1",
    "info": "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8M8 7.2v4M8 4.8v.1",
    "help": "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8M6.3 6.2a1.7 1.7 0 1 1 2.3 1.7c-.5.2-.6.5-.6 1M8 11.3v.1",
    "bell": "M4 11V7a4 4 0 0 1 8 0v4l1 1.5H3zM6.5 14.2h3",
    "person": ("M8 2.5a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 0 0 0-5.4M2.8 14c.4-3 2.5-4.3 5.2-4.3s4.8 1.3 5.2 4.3"),
    "key": "M10.5 2.5a3 3 0 1 0 0 6 3 3 0 0 0 0-6M8.3 7.7 2.5 13.5M4.5 11.5l1.7 1.7",
    "lock": "M3.5 7.2h9v6.3h-9zM5.5 7.2V5a2.5 2.5 0 0 1 5 0v2.2",
    "place": ("M8 14s4.5-4 4.5-7.5a4.5 4.5 0 0 0-9 0C3.5 10 8 14 8 14M8 5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3"),
    "list": "M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.1M2.5 8h.1M2.5 12h.1",
    "calendar": "M2.5 3.5h11v10h-11zM2.5 6.8h11M5.5 2v3M10.5 2v3",
    "clock": "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8M8 4.5V8l2.5 1.8",
    "recused": "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M4 4l8 8",
    "offline": (
        "M2 2l12 12M5 8.3a4.5 4.5 0 0 1 1.7-.9M3 6a8 8 0 0 1 2.2-1.3M8 4.2A8 8 0 0 1 13 6M9.8 7.5l1.2.8M8 11.5v.1"
    ),
}
