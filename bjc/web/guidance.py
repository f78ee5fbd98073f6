"""What a good section covers, in a few lines beside the form. Source: domain.md section 1 (the five cases' tests)."""

GUIDANCE: dict[str, tuple[str, ...]] = {
    "purpose": (
        "who is better off, and in what way",
        "how anybody will know: the figure today, the figure wanted, and by when",
        "which decision this case asks for",
    ),
    "strategic_context": (
        "the strand, the deliverable and the principles of the alliance's plan that it serves",
        "what each service's own plan says about it",
        "other cases and projects that it needs, or that need it",
    ),
    "case_for_change": (
        "the problem today, with figures and where they come from",
        "what happens if nothing is done",
        "objectives that can be measured: baseline, target, date and owner",
    ),
    "options": (
        "business as usual first: it is what every other option is measured against",
        "do minimum, the preferred way, and one more and one less ambitious",
        "for each: what it costs, what it brings, its risks, and why it is kept or dropped",
    ),
    "preferred_option": (
        "which option, and why it is the best value for the public's money",
        "what would have to change for another one to be better",
        "what it does to each service, also where it costs something",
    ),
    "procurement": (
        "the frameworks and contracts that were looked at, and the route chosen",
        "contracts that are changed or ended",
        "who signs, and who manages the contract",
    ),
    "funding": (
        "the cost of each year, capital and revenue apart, and each service's share",
        "the budget, reserve or grant that pays, and what is still uncovered",
        "what happens if it costs more",
    ),
    "management": (
        "the plan with its dates, and who does what",
        "the main risks, each with an owner and what is done about it",
        "the benefits, each with an owner and a date, and how either service could leave",
    ),
}
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("The case at a glance", ("about",)),
    ("Why, what and how", ("purpose", "strategic_context", "case_for_change", "options", "preferred_option",
                           "procurement", "funding", "management")),
    ("Before you submit", ("screening",)),
)  # fmt: skip
