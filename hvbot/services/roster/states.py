"""The time zone of each American state; of a state with two, the one in which most people live."""

EASTERN = "CT DC DE FL GA IN KY MA MD ME MI NC NH NJ NY OH PA RI SC VA VT WV"
CENTRAL = "AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI"
MOUNTAIN = "CO ID MT NM UT WY"
PACIFIC = "CA NV OR WA"

ZONE_OF_STATE = {
    **dict.fromkeys(EASTERN.split(), "America/New_York"),
    **dict.fromkeys(CENTRAL.split(), "America/Chicago"),
    **dict.fromkeys(MOUNTAIN.split(), "America/Denver"),
    **dict.fromkeys(PACIFIC.split(), "America/Los_Angeles"),
    "AK": "America/Anchorage",
    "AZ": "America/Phoenix",
    "HI": "Pacific/Honolulu",
    "PR": "America/Puerto_Rico",
}
