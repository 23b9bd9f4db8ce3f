"""Work that was booked, reserved hours and rate cards."""
