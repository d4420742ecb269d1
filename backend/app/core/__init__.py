"""What every layer may use: settings, errors, clock, events, logging, texts."""
