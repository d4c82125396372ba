"""The web side: webhooks for the carrier, screens for people. The only place that knows Flask."""
