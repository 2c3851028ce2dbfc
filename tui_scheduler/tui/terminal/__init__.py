"""What is asked of the terminal itself: its clipboard, its title, and to be somebody else's."""
