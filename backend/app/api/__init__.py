"""HTTP: dependencies, error answers, routes."""
