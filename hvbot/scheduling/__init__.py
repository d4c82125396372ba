"""Open times of a pair, offers, reminder times and quiet hours. Pure: every moment is passed in."""
