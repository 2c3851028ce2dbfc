"""What texts at random are made of."""

from hypothesis import strategies as st

ANY_CHARACTER = st.characters(exclude_categories=["Cs"])
"""All that UTF-8 can write, as Hypothesis has it by default; there, each worker takes a second to
find out which these are."""
