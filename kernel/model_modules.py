"""Where the papers of all rooms are: the modules that Tortoise reads, by name, for the kernel imports no room."""

APP = "caihong"
MODEL_MODULES = [
    "people.models",
    "people.approvals",
    "people.token_families",
    "people.browsers",
    "people.proofs",
    "people.tallies",
    "people.events",
    "people.cards",
    "people.lives",
    "people.factors",
    "people.privacy",
    "people.hardship_marks",
    "checkin.models",
    "checkin.hours_models",
    "checkin.signup_models",
    "checkin.code_papers",
    "checkin.alone_models",
    "redemption.models",
    "redemption.allowances",
    "redemption.family_papers",
    "redemption.settlement_papers",
    "redemption.stock_papers",
    "redemption.reservation_papers",
    "redemption.opening_papers",
]
