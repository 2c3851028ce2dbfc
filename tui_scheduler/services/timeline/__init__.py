"""What ran and what is to come, lane by lane, as pictures that both front ends show."""
