"""Tables of a case. Rules live elsewhere: stages in `lifecycle`, due dates in `clock`, letters in `correspondence`.

What identifies a person is sealed (`sealed.py`); what must be searched has a keyed digest beside it (`SearchToken`).
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from law.rights import Right
from requests_app.sealed import SealedJSONField, SealedTextField
from requests_app.states import Actor, Channel, Relation, Stage

RIGHTS = [(right.value, right.value) for right in Right]


class Case(models.Model):
    """One letter from one person to one controller."""

    reference = models.CharField(max_length=24, unique=True)
    controller = models.CharField(max_length=64, db_index=True)
    policy_digest = models.CharField(
        max_length=64, help_text=_("Digest of the policy version the person was promised.")
    )
    language = models.CharField(max_length=5)
    channel = models.CharField(max_length=12, choices=Channel.choices)
    relation = models.CharField(max_length=12, choices=Relation.choices, default=Relation.UNKNOWN)
    received_at = models.DateTimeField()
    received_on = models.DateField(help_text=_("The controller's local calendar day; the clock starts from it."))
    backdated_because = SealedTextField(help_text="Why staff entered an earlier day of receipt (R-03)")
    form_token = models.CharField(
        max_length=64,
        null=True,
        blank=True,
        unique=True,
        help_text=_("Digest of the form's token: sent twice, one case."),
    )
    created_at = models.DateTimeField(auto_now_add=True)
    person = SealedJSONField(
        help_text="{name, email, phone, address, postcode, customer_no, order_no, other_emails: []}"
    )
    representative = SealedJSONField(null=True, default=None, help_text="{name, email, organisation, kind} or null")
    email_confirmed_at = models.DateTimeField(null=True, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["controller", "-received_at"])]
        ordering = ["-received_at"]

    def __str__(self) -> str:
        return self.reference


class PolicyVersion(models.Model):
    """The exact files of a policy when a case was first opened under them: what the person was promised."""

    controller = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)
    files = models.JSONField(help_text=_("{path within the controller folder: text}"))
    first_seen_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.controller} {self.digest[:12]}"


class Claim(models.Model):
    """One right within a case. `stage` is written by `lifecycle`, `due_on` and `notice_by` by `clock`."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="claims")
    right = models.CharField(max_length=24, choices=RIGHTS)
    scope = SealedJSONField(help_text="{about: text, date_from, date_to, topics: [], statement: text}")
    stage = models.CharField(max_length=16, choices=Stage.choices, default=Stage.RECEIVED)
    stage_at = models.DateTimeField()
    due_on = models.DateField(null=True, db_index=True)
    notice_by = models.DateField(null=True)
    outcome = models.CharField(max_length=16, blank=True)
    grounds = models.JSONField(default=list, blank=True, help_text=_("Codes of law.decisions.GROUNDS."))
    decision = SealedJSONField(help_text="{reasons: text in the person's language, interests: text, summary: text}")
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_digest = models.CharField(max_length=64, blank=True, help_text=_("SHA-256 of exactly what was approved."))
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "right"], name="one_claim_a_right")]
        indexes = [models.Index(fields=["stage", "due_on"])]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.right}"


class ClockSegment(models.Model):
    """What moves the due date of a claim: a pause (R-27) or the extension (Art. 12(3)). Written by `clock`."""

    class Kind(models.TextChoices):
        PAUSE = "pause", _("Pause")
        EXTENSION = "extension", _("Extension")

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="segments")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    reason = models.CharField(max_length=64, help_text=_("identity, clarification, or the code of the reason."))
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["started_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["claim"], condition=models.Q(kind="extension"), name="one_extension_a_claim"
            ),
            models.UniqueConstraint(
                fields=["claim"], condition=models.Q(kind="pause", ended_on=None), name="one_open_pause_a_claim"
            ),
        ]


class Event(models.Model):
    """An append-only, hash-chained line of what happened, by whom. Holds codes and digests, never personal data."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events")
    claim = models.ForeignKey(Claim, null=True, blank=True, on_delete=models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=48)
    actor = models.CharField(max_length=8, choices=Actor.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    data = models.JSONField(default=dict)
    policy_digest = models.CharField(max_length=64)
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "seq"], name="event_sequence")]
        ordering = ["case_id", "seq"]


class SearchToken(models.Model):
    """Keyed digest of one searchable value of a case: an e-mail, a phone or order number, a word of the name."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="tokens")
    kind = models.CharField(max_length=16)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "kind", "digest"], name="one_token_a_value")]
        indexes = [models.Index(fields=["digest"])]


class SealedFile(models.Model):
    """A file in storage, encrypted with a key of its own. Written and shredded by `vault` only."""

    name = models.CharField(max_length=80, unique=True, help_text=_("Random path in storage; tells nothing."))
    purpose = models.CharField(max_length=24)
    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.PROTECT, related_name="files")
    wrapped_key = models.BinaryField(null=True, help_text=_("Deleting it destroys the file wherever copies lie."))
    size = models.BigIntegerField(default=0, help_text=_("Bytes in clear."))
    sha256 = models.CharField(max_length=64, blank=True, help_text=_("Of the content in clear."))
    content_type = models.CharField(max_length=100, default="application/octet-stream")
    created_at = models.DateTimeField(auto_now_add=True)
    shredded_at = models.DateTimeField(null=True, blank=True)


class Letter(models.Model):
    """Frozen text in one language, in the outbox until sent. Rows are made by `correspondence` only."""

    class Channel(models.TextChoices):
        MAIL = "mail", _("Plain e-mail, holds nothing personal")
        PORTAL = "portal", _("Read on the status page")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="letters")
    claim = models.ForeignKey(Claim, null=True, blank=True, on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=32)
    language = models.CharField(max_length=5)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    to = SealedTextField(help_text="Address the mail goes to; empty for a letter read on the status page.")
    subject = SealedTextField()
    html = SealedTextField()
    body = SealedTextField(help_text="Inner HTML without style, for the status page")
    text = SealedTextField()
    attachment_name = models.CharField(max_length=80, blank=True)
    attachment = models.ForeignKey(SealedFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True, help_text=_("Given up: a person must look."))
    error = models.CharField(max_length=64, blank=True, help_text=_("Code only."))

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["next_try_at"], condition=models.Q(sent_at=None, failed_at=None), name="outbox")
        ]


class Message(models.Model):
    """A secure message: from the person, or from staff. E-mail only says that there is news."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="messages")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    body = SealedTextField()
    internal = models.BooleanField(default=False, help_text=_("A note for colleagues; the person never sees it."))
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]


class Attachment(models.Model):
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    file = models.ForeignKey(SealedFile, on_delete=models.PROTECT, related_name="+")
    filename = SealedTextField()


class AccessLink(models.Model):
    """A secret link given to one person. Only a digest of the secret is kept. Written by `access`."""

    class Purpose(models.TextChoices):
        STATUS = "status", _("Status page")
        CONFIRM_EMAIL = "confirm_email", _("Confirm the e-mail address")
        PROOF = "proof", _("Proof by the address on file")
        DOWNLOAD = "download", _("Download")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="links")
    purpose = models.CharField(max_length=16, choices=Purpose.choices)
    secret_digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)


class Membership(models.Model):
    """What a member of staff may do for one controller. No row: sees nothing of it."""

    class Role(models.TextChoices):
        CASEWORKER = "caseworker", _("Caseworker")
        APPROVER = "approver", _("Approver")
        ADMINISTRATOR = "administrator", _("Administrator")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    controller = models.CharField(max_length=64)
    role = models.CharField(max_length=16, choices=Role.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "controller", "role"], name="one_membership")]

    def __str__(self) -> str:
        return f"{self.controller}: {self.role}"


class Waiver(models.Model):
    """That answers go out although a company has not told something yet: by whom, and why. Written by `waivers`."""

    controller = models.CharField(max_length=64)
    question = models.CharField(max_length=40)
    digest = models.CharField(max_length=64, help_text=_("SHA-256 of the question: asked otherwise, it is open again."))
    reason = SealedTextField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["controller", "question", "digest"],
                condition=models.Q(taken_back_at=None),
                name="one_waiver_in_force",
            )
        ]
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.controller}: {self.question}"


class RateCounter(models.Model):
    """How often something was tried in a window, by keyed digest of who tried. Written by `rates`."""

    key = models.CharField(max_length=64)
    window = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "window"], name="one_counter_a_window")]
