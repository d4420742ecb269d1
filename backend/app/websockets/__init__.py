"""The live sockets: students send, teachers watch."""
