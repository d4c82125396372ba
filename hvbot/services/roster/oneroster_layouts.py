"""The columns of OneRoster's CSV files that we use, and the other names they go by.

1.2 moved the role out of `users.csv` into `roles.csv`; bundles labelled 1.1 carry 1.0's headers (`userId`, `orgId`);
exporters add columns of their own, mostly as `metadata.something`, and misspell some of the standard's.
"""

from hvbot.services.roster.columns import Layout

ID = {"id": "sourcedId", "sourced_id": "sourcedId"}
LANGUAGE = dict.fromkeys(
    (
        "homeLanguage",
        "primaryLanguage",
        "preferredLanguage",
        "correspondenceLanguage",
        "contactLanguage",
        "languageCode",
        "metadata.language",
        "metadata.homeLanguage",
        "metadata.home_language",
        "metadata.primaryLanguage",
        "metadata.preferredLanguage",
        "metadata.correspondenceLanguage",
        "metadata.languageCode",
    ),
    "language",
)
LAYOUTS: dict[str, Layout] = {
    "manifest": Layout(("propertyName", "value"), strict=False),
    "orgs": Layout(
        ("sourcedId", "name"),
        ("status", "type", "state", "language", "timezone"),
        strict=False,
        aliases={
            **ID,
            **LANGUAGE,
            "orgId": "sourcedId",
            "orgName": "name",
            "orgType": "type",
            "metadata.state": "state",
            "metadata.stateCode": "state",
            "address.state": "state",
            "metadata.timezone": "timezone",
        },
    ),
    "users": Layout(
        ("sourcedId", "givenName", "familyName"),
        (
            "status",
            "role",
            "orgSourcedIds",
            "primaryOrgSourcedId",
            "agentSourcedIds",
            "sms",
            "phone",
            "email",
            "grades",
            "preferredGivenName",
            "preferredFamilyName",
            "language",
            "household",
            "address",
            "contact",
        ),
        strict=False,
        aliases={
            **ID,
            **LANGUAGE,
            "userId": "sourcedId",
            "userSourcedId": "sourcedId",
            "firstName": "givenName",
            "lastName": "familyName",
            "orgId": "orgSourcedIds",
            "orgIds": "orgSourcedIds",
            "orgSourcedId": "orgSourcedIds",
            "agentSids": "agentSourcedIds",
            "agentSourcedId": "agentSourcedIds",
            "agentIds": "agentSourcedIds",
            "agents": "agentSourcedIds",
            "grade": "grades",
            "prefferedGivenName": "preferredGivenName",
            "preferedGivenName": "preferredGivenName",
            "preferredFirstName": "preferredGivenName",
            "prefferedFamilyName": "preferredFamilyName",
            "preferedFamilyName": "preferredFamilyName",
            "preferredLastName": "preferredFamilyName",
            "householdId": "household",
            "metadata.household": "household",
            "metadata.householdId": "household",
            "metadata.address": "address",
            "streetAddress": "address",
            "contactAllowed": "contact",
            "metadata.contactAllowed": "contact",
        },
    ),
    "roles": Layout(
        ("userSourcedId", "role"),
        ("status", "roleType", "orgSourcedId", "endDate"),
        strict=False,
        aliases={"userId": "userSourcedId", "orgId": "orgSourcedId"},
    ),
    "demographics": Layout(
        ("sourcedId",),
        ("status", "language"),
        strict=False,
        aliases=ID | LANGUAGE | {"userSourcedId": "sourcedId", "userId": "sourcedId"},
    ),
    "userprofiles": Layout(
        ("userSourcedId",), ("status", "language"), strict=False, aliases=LANGUAGE | {"userId": "userSourcedId"}
    ),
    "enrollments": Layout(
        ("classSourcedId", "userSourcedId", "role"),
        ("status", "schoolSourcedId", "endDate"),
        strict=False,
        aliases={"classId": "classSourcedId", "userId": "userSourcedId", "schoolId": "schoolSourcedId"},
    ),
    "classes": Layout(
        ("sourcedId",),
        ("status", "termSourcedIds"),
        strict=False,
        aliases=ID | {"classId": "sourcedId", "termIds": "termSourcedIds", "termSourcedId": "termSourcedIds"},
    ),
    "academicsessions": Layout(("sourcedId",), ("status", "endDate"), strict=False, aliases=ID),
}
# What a bundle may hold besides, and we do not need.
UNUSED = frozenset(
    {"courses", "resources", "classresources", "courseresources", "userresources", "lineitems", "results", "categories"}
    | {"lineitemlearningobjectiveids", "lineitemscorescales", "resultlearningobjectiveids", "resultscorescales"}
    | {"scorescales"}
)
