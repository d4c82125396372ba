"""Use cases: functions of a session, the facts and the moment."""
