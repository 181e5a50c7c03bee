"""What a change of property companies refuses, and what to do next."""

from kernel.errors import N_, Invalid, Refused


class CompanyIsReplaced(Refused):
    """Another property company takes the vouchers in this one's place."""

    slug = "company-is-replaced"
    title = N_("This company takes no vouchers any more")
    detail = N_("Another property company has taken its place. Please choose that one.")


class SameCompany(Invalid):
    """Two different property companies are needed."""

    slug = "same-company"
    title = N_("Please choose two companies")
    detail = N_(
        "Please choose the property company that leaves, and another one that takes its place."
    )


class VouchersHaveChanged(Refused):
    """More would pass on than was signed first."""

    slug = "vouchers-have-changed"
    title = N_("The list has changed")
    detail = N_(
        "%(told)s were signed, and now it is %(now)s: vouchers were issued or got money back since. Please take "
        "this request back, and sign the list as it is now."
    )


class NoOpenVouchers(Refused):
    """There is nothing that could pass on."""

    slug = "no-open-vouchers"
    title = N_("No open vouchers")
    detail = N_("This company has no open vouchers that could pass to another one.")
