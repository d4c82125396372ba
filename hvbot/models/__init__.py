"""The tables, one module a noun. Import classes from here."""

from hvbot.models import triggers as triggers  # guards tables that are made without migrations
from hvbot.models.attention import Attention
from hvbot.models.base import Base, lookup_hash
from hvbot.models.conversations import CarrierEvent, Conversation, InboundText, OutboundText
from hvbot.models.evidence import APPEND_ONLY, AuditEvent, Consent
from hvbot.models.people import Educator, EducatorStudent, Guardian, Household, HouseholdStudent, Student
from hvbot.models.programs import ClosedDay, Program, School, Sender, Tick
from hvbot.models.rounds import Invitation, InvitationStudent, Round, RoundSchool
from hvbot.models.scheduling import Availability, Busy, Pair
from hvbot.models.users import Role, SignInLink, User, UserRole, UserSchool
from hvbot.models.visits import Reminder, SubstituteRequest, Visit

__all__ = [
    "APPEND_ONLY",
    "Attention",
    "AuditEvent",
    "Availability",
    "Base",
    "Busy",
    "CarrierEvent",
    "ClosedDay",
    "Consent",
    "Conversation",
    "Educator",
    "EducatorStudent",
    "Guardian",
    "Household",
    "HouseholdStudent",
    "InboundText",
    "Invitation",
    "InvitationStudent",
    "OutboundText",
    "Pair",
    "Program",
    "Reminder",
    "Role",
    "Round",
    "RoundSchool",
    "School",
    "Sender",
    "SignInLink",
    "Student",
    "SubstituteRequest",
    "Tick",
    "User",
    "UserRole",
    "UserSchool",
    "Visit",
    "lookup_hash",
]
