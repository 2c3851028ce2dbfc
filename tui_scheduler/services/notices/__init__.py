"""What somebody is to be told: born with what makes it true, kept until it is told or given up."""
