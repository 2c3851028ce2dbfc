"""What screens and commands are shown: frozen pictures of what is stored, a module a noun.

Who shows one of them has no use for the others, and each takes its time to be made.
"""
