"""English."""

from __future__ import annotations

from tests.newsroom.languages.grammar import Language, Topic

ENGLISH = Language(
    code="en",
    sections=(("business", "Business"), ("environment", "Environment")),
    places=(
        {"name": "Amber Harbour"}, {"name": "Highbank"}, {"name": "Fenwater"},
        {"name": "St Orrin"}, {"name": "Heron Isle"}, {"name": "Cedar Ferry"},
    ),
    people=(
        {"name": "Mireille Aubrac", "role": "the harbour's director"},
        {"name": "Owen Thackaberry", "role": "chief engineer"},
        {"name": "Tran Thi Suong", "role": "an adviser to the governor"},
        {"name": "Ada Quillfeather", "role": "a researcher at the Institute of Estuaries"},
        {"name": "Bram O'Dell", "role": "who speaks for the co-operatives"},
    ),
    bodies=(
        {"name": "the Bay Council"}, {"name": "the Ministry of Waters and Forests"}, {"name": "the Two Banks Trust"},
        {"name": "the Institute of Estuaries"}, {"name": "the Chamber of Sea Trade"},
    ),
    topics=(
        Topic(
            section=0,
            slots={
                "thing": "the fishing port rebuild", "goal": "take in larger vessels", "goal2": "shorten the wait at the quays",
                "count": "fishing boats", "news": "rebuilt fishing port opens its quays",
            },
            tags=("fishing", "ports", "infrastructure"),
            captions=("Trawlers tied up at the north quay before sunrise", "The fish market, whose roof was replaced this autumn"),
        ),
        Topic(
            section=0,
            slots={
                "thing": "the fragrant rice scheme", "goal": "sell straight to buyers abroad", "goal2": "give growers a floor price",
                "count": "family farms", "news": "fragrant rice from the bay sails abroad",
            },
            tags=("rice", "exports", "farming"),
            captions=("Harvest in a field below the dyke", "December rice drying along the village road"),
        ),
        Topic(
            section=1,
            slots={
                "thing": "the mangrove replanting", "goal": "shield the coast from storms", "goal2": "bring back crabs and herons",
                "count": "hectares of mangrove", "news": "mangroves gain ground on the shore",
            },
            tags=("mangroves", "climate", "forests"),
            captions=("Young mangroves planted at low tide", "Schoolchildren take part in the planting day"),
        ),
        Topic(
            section=1,
            slots={
                "thing": "the flood warning network", "goal": "warn people along the river six hours earlier",
                "goal2": "measure the flow around the clock", "count": "gauging stations", "news": "new network keeps watch on floods",
            },
            tags=("floods", "warning systems", "rivers"),
            captions=("A gauging station under the old iron bridge", "The river at its highest level of the season"),
        ),
    ),
    titles=(
        "{Place}: {news}",
        "{Body} speeds up {thing}",
        "What {thing} will change in {place}",
        "A {money}-million wager: {thing} reaches {place}",
        "{n} more {count} by {year}, says {body}",
        "From {place2} to {place}, {news}",
    ),
    kickers=("Report", "Local life", "Analysis"),
    leads=(
        "Announced in {month}, the project is moving faster than planned. People who live there want promises in writing.",
        "Between hope and doubt, {thing} has begun to show its first effects in {place}.",
    ),
    openings=(
        "{Body} on Tuesday announced {thing}, a project worth {money} million crowns that is meant to {goal} in {place}.",
        "After two years of study, {thing} is entering its decisive phase in {place}, where {n} {count} are concerned, {body} said.",
        "{Body} and the mayors around {place} have signed an agreement on {thing}, hoping to {goal} before {year}.",
        "Work on {thing} resumed in {place} at the end of {month}, according to {body}.",
    ),
    details=(
        "The timetable has three stages, the first of which should end on {day} {month}.",
        "In all, {n} {count} are already covered, against only {n2} a year ago.",
        "The cost, put at {money} million crowns, will be shared between the state and the towns.",
        "Figures released in {place} show that activity rose by {pct} percent in twelve months.",
        "A team of {n2} technicians has been working on site, day and night, since early {month}.",
        "The line runs {km} kilometres along the coast, from {place} to {place2}.",
        "The first trials, held near {place2}, gave results that were called encouraging.",
        "Another aim is to {goal2}, a target that has stood in the regional plan since {past}.",
    ),
    quotes=(
        '"We waited too long; we had to {goal}, and at last we are doing it," said {person}, {role}.',
        '"Every family must gain something from this," {person}, {role}, told a packed hall.',
        'For {person2}, {role2}, the main thing is to {goal2} "without forgetting those who have least".',
        "“The dates will be kept, you have my word,” {person2}, {role2}, said in {place2}.",
    ),
    background=(
        "The idea is not new: a first version was turned down in {past} for want of money.",
        "Since {past} the region has lost {pct} percent of its seasonal jobs, a study by {body2} found.",
        "In {past} a storm destroyed part of the works near {place2}.",
        "The Amber Bay, with its {n2} towns, lives mostly on fishing, rice and shipyards.",
        "A similar programme in {place2} has already helped to {goal2}.",
    ),
    reactions=(
        "The co-operatives have welcomed the plan, cautiously.",
        "A petition gathered {n} signatures in a week, most of them in {place2}.",
        "Shopkeepers want the road to stay open for as long as the work lasts.",
        '{Body2} said it would follow the matter "with the greatest attention".',
        "Several associations are asking for an independent study before the summer of {year}.",
    ),
    outlook=(
        "A public meeting will be held in {place} on {day} {month}.",
        "The regional council is to take its final decision early in {year}.",
        "Before that, first results will be shown to people in {place2}.",
        "If the trials succeed, the scheme will be extended to {n2} other towns around the bay.",
    ),
    subheads=("A tight timetable", "Residents in two minds", "The lesson of {past}", "What remains to be done"),
    pull_quotes=("We are not asking for the moon, only for a promise in writing", "The sea will always decide for us, but we can help it"),
    items=("a committee of {n2} members that meets every month", "a fund of {money} million crowns for the smaller towns", "a report made public in {month} {year}"),
    months=("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"),
    dateline="{place} (VNA) –",
    dateline_agency="VNA",
    sign_off="./.",
    credits=("VNA", "Ada Quillfeather/VNA", "Reuters"),
    labels={
        "photo": "Photo: ", "more": "More from this section", "read_also": "Read also", "most_read": "Most read", "tags": "Tags",
        "share": "Share", "by": "By ", "published": "Published", "updated": "Updated", "home": "Home", "search": "Search",
        "contact": "Contact", "about": "About us", "subscribe": "Subscribe",
        "newsletter": "Sign up for our morning letter: everything about the bay in five minutes.",
        "advert": "Advertisement", "next": "Next page", "previous": "Previous page", "load_more": "Show more stories",
        "not_found": "This page does not exist, or exists no more.", "weather": "Weather", "sports": "Sports", "opinion": "Opinion",
        "rights": "All rights reserved", "continue": "Continue reading",
    },
)  # fmt: skip
