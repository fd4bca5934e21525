"""The sandbox's tables: Salesforce objects field by field, Outreach resources, filings, messages, and its own bookkeeping.

declarations → DDL (`store.py`), describe and SOQL (`vendors/salesforce`), JSON:API (`vendors/outreach`).
Columns that begin with `w_` are ground truth and never leave through an API.
"""

from __future__ import annotations

from dataclasses import dataclass

STAGES = ("Target", "Awareness", "Consideration", "Decision", "Purchase")
SALES_STAGES = (  # label, is closed, is won, probability
    ("Prospecting", False, False, 10),
    ("Qualification", False, False, 25),
    ("Proposal", False, False, 50),
    ("Negotiation", False, False, 75),
    ("Closed Won", True, True, 100),
    ("Closed Lost", True, False, 0),
)


@dataclass(frozen=True)
class Field:
    """A Salesforce field. `refers` names the object behind a reference; `picks` are the values of a picklist."""

    name: str
    type: str  # id string email url phone boolean int double currency date datetime reference picklist multipicklist textarea
    refers: str = ""
    picks: tuple[str, ...] = ()
    restricted: bool = False
    external_id: bool = False
    required: bool = False
    system: bool = False

    @property
    def affinity(self) -> str:
        if self.type in {"boolean", "int"}:
            return "INTEGER"
        if self.type in {"double", "currency"}:
            return "REAL"
        return "TEXT" if self.type in {"id", "reference", "date", "datetime"} else "TEXT COLLATE NOCASE"


_SYSTEM = (
    Field("CreatedDate", "datetime", system=True),
    Field("LastModifiedDate", "datetime", system=True),
    Field("SystemModstamp", "datetime", system=True),
    Field("IsDeleted", "boolean", system=True),
)
_ID, _OWNER = Field("Id", "id", system=True), Field("OwnerId", "reference", "User")
_KEY = Field("Signal_Key__c", "string", external_id=True)


def _texts(*names: str) -> tuple[Field, ...]:
    return tuple(Field(n, "string") for n in names)


def _flags(*names: str) -> tuple[Field, ...]:
    return tuple(Field(n, "boolean") for n in names)


_LABELS = tuple(label for label, *_ in SALES_STAGES)
OBJECTS: dict[str, tuple[Field, ...]] = {
    "Account": (
        _ID,
        Field("Name", "string", required=True),
        Field("Website", "url"),
        *_texts("Domain__c", "Industry"),
        Field("NumberOfEmployees", "int"),
        Field("AnnualRevenue", "currency"),
        *_texts("BillingCountryCode", "BillingState", "BillingCity"),
        _OWNER,
        Field("Type", "picklist", picks=("Prospect", "Customer", "Former Customer", "Partner", "Competitor", "Other")),
        *_flags("Do_Not_Contact__c"),
        _KEY,
        Field("X6Sense_Buying_Stage__c", "picklist", picks=STAGES, restricted=True),
        Field("X6Sense_Intent_Score__c", "double"),
        Field("X6Sense_Profile_Fit__c", "picklist", picks=("Strong", "Moderate", "Weak"), restricted=True),
        *_texts("X6Sense_Intent_Topic__c"),
        Field("X6Sense_Segments__c", "textarea"),
        Field("X6Sense_Last_Surge_Date__c", "date"),
        *_SYSTEM,
    ),
    "Contact": (
        _ID,
        Field("AccountId", "reference", "Account"),
        Field("Email", "email"),
        *_texts("FirstName"),
        Field("LastName", "string", required=True),
        *_texts("Title"),
        Field("Phone", "phone"),
        Field("LinkedIn_URL__c", "url"),
        *_texts("MailingCountryCode"),
        *_flags("HasOptedOutOfEmail", "DoNotCall", "Do_Not_Contact__c"),
        *_texts("EmailBouncedReason"),
        Field("EmailBouncedDate", "datetime"),
        _OWNER,
        _KEY,
        *_texts("Signal_Source__c"),
        Field("Signal_Strength__c", "double"),
        Field("Company_News__c", "textarea"),
        Field("Tech_Stack__c", "textarea"),
        *_SYSTEM,
    ),
    "Lead": (
        _ID,
        Field("Email", "email"),
        *_texts("FirstName"),
        Field("LastName", "string", required=True),
        *_texts("Title"),
        Field("Phone", "phone"),
        Field("Company", "string", required=True),
        Field("Website", "url"),
        *_texts("CountryCode"),
        Field("Status", "picklist", picks=("Open", "Working", "Nurturing", "Unqualified", "Converted")),
        *_flags("HasOptedOutOfEmail", "IsConverted"),
        Field("ConvertedAccountId", "reference", "Account"),
        Field("ConvertedContactId", "reference", "Contact"),
        _OWNER,
        _KEY,
        *_texts("Signal_Source__c"),
        Field("Signal_Strength__c", "double"),
        Field("Company_News__c", "textarea"),
        *_SYSTEM,
    ),
    "Opportunity": (
        _ID,
        Field("AccountId", "reference", "Account"),
        Field("Name", "string", required=True),
        Field("StageName", "picklist", picks=_LABELS, required=True),
        Field("Amount", "currency"),
        *_flags("IsClosed", "IsWon"),
        Field("CloseDate", "date", required=True),
        _OWNER,
        Field("ContactId", "reference", "Contact"),
        *_texts("Loss_Reason__c", "Competitor__c", "Signal_Source__c"),
        *_SYSTEM,
    ),
    "OpportunityHistory": (
        _ID,
        Field("OpportunityId", "reference", "Opportunity"),
        *_texts("StageName"),
        Field("Amount", "currency"),
        Field("Probability", "double"),
        Field("CloseDate", "date"),
        Field("CreatedDate", "datetime", system=True),
    ),
    "OpportunityStage": (_ID, *_texts("MasterLabel"), *_flags("IsClosed", "IsWon")),
    "Event": (
        _ID,
        Field("WhoId", "reference", "Contact"),
        Field("AccountId", "reference", "Account"),
        _OWNER,
        Field("StartDateTime", "datetime"),
        Field("Meeting_Status__c", "picklist", picks=("Scheduled", "Held", "No Show", "Cancelled")),
        *_flags("Accepted_By_AE__c"),
        *_SYSTEM,
    ),
    "User": (
        _ID,
        Field("Email", "email"),
        *_texts("Name"),
        *_flags("IsActive"),
        *_texts("Territory__c"),
        Field("LastModifiedDate", "datetime", system=True),
        Field("SystemModstamp", "datetime", system=True),
    ),
}
PREFIX = {
    "Account": "001",
    "Contact": "003",
    "Lead": "00Q",
    "Opportunity": "006",
    "OpportunityHistory": "008",
    "OpportunityStage": "01J",
    "Event": "00U",
    "User": "005",
}
READ_ONLY = {"OpportunityHistory", "OpportunityStage", "User"}

_OUTREACH = """
o_user: id int, email text, firstName text, lastName text, name text, locked int, createdAt text, updatedAt text
o_account: id int, name text, domain text, createdAt text, updatedAt text
o_mailbox: id int, email text, userId int, sendDisabled int, sendErroredAt text, maxEmailsPerDay int, maxMailingsPerDay int,
  sendSuccessAt text, createdAt text, updatedAt text
o_ruleset: id int, name text, permitDuplicateProspects text, sequenceExclusivity text
o_sequence: id int, name text, enabled int, enabledAt text, locked int, lockedAt text, transactional int, throttlePaused int,
  throttleMaxAddsPerDay int, sequenceType text, shareType text, ruleset int, createdAt text, updatedAt text
o_prospect: id int, firstName text, lastName text, title text, company text, emails text, externalId text, tags text, timeZone text,
  addressCountry text, websiteUrl1 text, optedOut int, optedOutAt text, emailOptedOut int, callOptedOut int, emailsOptStatus text,
  custom text, touchedAt text, engagedAt text, engagedScore real, openCount int, replyCount int, clickCount int, owner int, account int,
  stage int, createdAt text, updatedAt text, w_company int
o_email: id int, email text, emailType text, "order" int, status text, statusChangedAt text, unsubscribedAt text, prospect int,
  createdAt text, updatedAt text
o_sequence_state: id int, state text, activeAt text, deliverCount int, openCount int, clickCount int, replyCount int, bounceCount int,
  optOutCount int, failureCount int, scheduleCount int, repliedAt text, errorReason text, pauseReason text, stateChangedAt text,
  prospect int, sequence int, mailbox int, createdAt text, updatedAt text
o_mailing: id int, state text, mailingType text, subject text, mailboxAddress text, deliveredAt text, openedAt text, clickedAt text,
  repliedAt text, bouncedAt text, unsubscribedAt text, scheduledAt text, stateChangedAt text, openCount int, clickCount int, prospect
  int, sequence int, sequenceState int, mailbox int, createdAt text, updatedAt text
"""
_OTHER = """
filing: id int, accession text, form text, cik text, company_name text, roles text, filed_on text, accepted_at text, reported_on text,
  items text, document text, has_document int, body text, w_company int, w_is_true int
slack_message: ts text, channel text, body text, at text
w_company: id int, domain text
w_email: email text, company int, person text
w_user: id int, user_id text, email text, company int, signup_day int, plan text
w_file_row: id int, template text, day int, body text
w_pending: id int, due text, op text, args text
kv: key text, value blob
"""


def ddl() -> list[str]:
    """Statements that make the tables and the indexes that the endpoints read by."""
    made = []
    for name, fields in OBJECTS.items():
        columns = ", ".join(f'"{f.name}" {f.affinity}{" PRIMARY KEY" if f.name == "Id" else ""}' for f in fields)
        made.append(f'CREATE TABLE IF NOT EXISTS "{name}" ({columns}, w_company INTEGER) WITHOUT ROWID')
        made += [
            f'CREATE INDEX IF NOT EXISTS "{name}_{f.name}" ON "{name}" ("{f.name}")'
            for f in fields
            if (f.type in {"reference", "email"} and f.name != "OwnerId") or f.name in {"Domain__c", "SystemModstamp"}
        ]
        if any(f.external_id for f in fields):
            made.append(f'CREATE UNIQUE INDEX IF NOT EXISTS "{name}_key" ON "{name}" (Signal_Key__c)')
    for line in (_OUTREACH.strip() + _OTHER.rstrip()).replace("\n  ", " ").splitlines():
        name, _, columns = line.partition(": ")
        parts = columns.split(", ")
        head, kind = parts[0].rsplit(" ", 1)
        first = f"{head} {'INTEGER' if kind == 'int' else kind} PRIMARY KEY"
        made.append(f"CREATE TABLE IF NOT EXISTS {name} ({', '.join([first, *parts[1:]])})")
    for table, column in (
        ("o_email", "email"),
        ("o_email", "prospect"),
        ("o_sequence_state", "prospect"),
        ("o_sequence_state", "sequence"),
        ("o_mailing", "prospect"),
        ("o_mailing", "sequenceState"),
        ("o_mailing", "updatedAt"),
        ("o_prospect", "updatedAt"),
        ("filing", "accepted_at"),
        ("filing", "cik"),
        ("filing", "accession"),
        ("filing", "filed_on"),
        ("w_company", "domain"),
        ("slack_message", "channel"),
        ("w_file_row", "day"),
        ("Account", "w_company"),
        ("Opportunity", "w_company"),
        ("w_user", "email"),
    ):
        made.append(f"CREATE INDEX IF NOT EXISTS {table}_{column} ON {table} ({column})")
    return made
