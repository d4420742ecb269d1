"""What each `proctor` command does; cli.py names them."""
