"""What lists and details read: windows over any number of rows, searched and sorted."""
