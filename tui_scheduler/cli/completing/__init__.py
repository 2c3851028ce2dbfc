"""What a shell offers at a press of tab."""
