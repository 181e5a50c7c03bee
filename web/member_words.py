"""What the roles are called."""

from kernel.errors import N_
from people.models import Role

ROLES = {
    Role.VOLUNTEER: N_("Volunteer"),
    Role.ORGANISER: N_("Organiser"),
    Role.CLERK: N_("Shop clerk"),
    Role.PROPERTY_DESK: N_("Property desk"),
    Role.MERCHANT: N_("Merchant"),
    Role.AUDITOR: N_("Auditor"),
    Role.ADMIN: N_("Administrator"),
}
