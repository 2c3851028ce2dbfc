"""What a run is given: declared parameters and environment variables, secrets among them."""
