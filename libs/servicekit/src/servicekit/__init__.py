"""What every service wears: app, auth, problems, telemetry, settings."""
