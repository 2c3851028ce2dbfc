"""What commands can be given: the options that several share, and the kinds of their values."""
