"""A season in virtual time: invented people, the real services and database, and every promise checked each day."""
