"""Where the application is drawn, and where its keys come from: a terminal, or a web page."""
