"""The screen in pages of a browser. Nothing else knows how pages are served."""
