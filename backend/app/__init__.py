"""360° Proctor: the server and its commands."""
