"""What the system does, given a database session; the edge commits."""
