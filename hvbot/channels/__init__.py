"""Ways to the carrier: the port, Twilio, and the simulator."""
