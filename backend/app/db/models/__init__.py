"""One file per noun; importing this package registers every table."""
