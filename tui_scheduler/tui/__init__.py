"""What is shown: the only package that imports Textual."""
