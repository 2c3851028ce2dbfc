"""The two themes of the application: calm backgrounds, high contrast, one accent.

Secondary text has a colour of its own, not a share of the ground it stands on: it has a contrast of
4.5 on every ground, the row of the cursor and a focused field too, and borders and scroll bars of 3
(WCAG 2).
"""

from textual.theme import Theme

DARK = "scheduler-dark"
LIGHT = "scheduler-light"

THEMES = (
    Theme(
        name=DARK,
        primary="#7aa2f7",
        secondary="#5f7cc4",
        accent="#e0af68",
        success="#73c991",
        warning="#e5a45c",
        error="#f7768e",
        foreground="#d5daea",
        background="#14161f",
        surface="#181b26",
        panel="#222635",
        dark=True,
        variables={
            "border": "#7aa2f7",
            "border-blurred": "#6b7394",
            "text-muted": "#adb5cd",
            "text-disabled": "#adb5cd",
            "footer-background": "#14161f",
            "footer-key-foreground": "#7aa2f7",
            "footer-description-foreground": "#adb5cd",
            "input-selection-background": "#7aa2f7 35%",
            "block-cursor-background": "#7aa2f7",
            "block-cursor-foreground": "#14161f",
            "block-cursor-text-style": "bold",
            "scrollbar": "#6b7394",
            "scrollbar-background": "#181b26",
        },
    ),
    Theme(
        name=LIGHT,
        primary="#2454b8",
        secondary="#4a6fc0",
        accent="#8f5a00",
        success="#1f7a3f",
        warning="#9a5b00",
        error="#b3213f",
        foreground="#161a24",
        background="#eef0f5",
        surface="#fafbfd",
        panel="#e6e9f1",
        dark=False,
        variables={
            "border": "#2454b8",
            "border-blurred": "#78819a",
            "text-muted": "#464f64",
            "text-disabled": "#464f64",
            "footer-background": "#eef0f5",
            "footer-key-foreground": "#2454b8",
            "footer-description-foreground": "#464f64",
            "input-selection-background": "#2454b8 25%",
            "block-cursor-background": "#2454b8",
            "block-cursor-foreground": "#fafbfd",
            "block-cursor-text-style": "bold",
            "scrollbar": "#78819a",
            "scrollbar-background": "#fafbfd",
        },
    ),
)
