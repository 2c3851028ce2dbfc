"""What somebody is to be told: created with what makes it true, kept until told or given up."""
