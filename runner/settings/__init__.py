"""What the user has set: in which of six places, and with what right."""
