"""The words on the pages of a review, in Norwegian and in English."""

from __future__ import annotations

LANGUAGES = ("nb", "en")

_WORDS = {
    # key: (Norwegian, English)
    "title": ("Gjennomgang", "Review"),
    "interview": ("Intervjuet", "The interview"),
    "interviews": ("Intervjuer", "Interviews"),
    "informant": ("informant", "informant"),
    "interviewer": ("intervjuer", "interviewer"),
    "coder": ("Koder", "Coder"),
    "passage_of": ("Avsnitt {at} av {of}", "Passage {at} of {of}"),
    "question": ("Spørsmål", "Question"),
    "suggested": ("Forslag", "Suggestion"),
    "suggestion_hidden": (
        "Forslaget vises når du har avgjort avsnittet.",
        "The suggestion is shown when you have decided.",
    ),
    "no_suggestion": ("Ingen forslag", "No suggestion"),
    "no_code": ("Ingen kode", "No code"),
    "unsure": ("Usikker", "Unsure"),
    "machine_unsure": ("Maskinen er usikker", "The machine is unsure"),
    "undecided": ("Ikke avgjort", "Undecided"),
    "decided": ("avgjort", "decided"),
    "changed": ("Nytt forslag", "New suggestion"),
    "otherwise": ("Maskinen foreslo {what}", "The machine suggested {what}"),
    "code_gone": ("{name} (ikke lenger i kodeboken)", "{name} (no longer in the codebook)"),
    "accept": ("Godta", "Accept"),
    "go_on": ("Videre", "Go on"),
    "clear": ("Ta bort avgjørelsen", "Take the decision away"),
    "next": ("Neste", "Next"),
    "previous": ("Forrige", "Previous"),
    "undo": ("Angre", "Undo"),
    "search": ("Søk", "Search"),
    "search_in": ("Søk i intervjuene", "Search the interviews"),
    "found": ("{n} treff", "{n} found"),
    "memo": ("Notat", "Memo"),
    "memo_on": ("Notat til {what}", "Memo on {what}"),
    "memo_passage": ("avsnittet", "the passage"),
    "memo_interview": ("intervjuet", "the interview"),
    "memo_code": ("koden {name}", "the code {name}"),
    "save": ("Lagre", "Save"),
    "cancel": ("Avbryt", "Cancel"),
    "close": ("Lukk", "Close"),
    "merge": ("Slå sammen med neste", "Merge with next"),
    "split": ("Del", "Split"),
    "split_help": (
        "Flytt delestreken med piltastene, Enter deler, Esc avbryter.",
        "Move the cut with the arrow keys, Enter cuts, Esc cancels.",
    ),
    "mark": ("Gjør merket tekst til et avsnitt", "Make the selected text a passage"),
    "queue": ("Mest å lære av", "Most to learn from"),
    "keys": ("Taster", "Keys"),
    "keys_on": ("Bruk tastesnarveier", "Use keyboard shortcuts"),
    "show": ("Vis", "Show"),
    "filter_all": ("Alle avsnitt", "All passages"),
    "filter_undecided": ("Ikke avgjort", "Undecided"),
    "filter_unsure": ("Usikre", "Unsure"),
    "filter_disagreement": ("Uenig med maskinen", "Disagreeing with the machine"),
    "filter_changed": ("Nye forslag", "New suggestions"),
    "filter_memo": ("Med notat", "With a memo"),
    "filter_queue": ("Mest å lære av først", "Most to learn from first"),
    "filter_code": ("Kode: {name}", "Code: {name}"),
    "filter_empty": ("Ingen avsnitt her. Vis noe annet.", "No passages here. Show something else."),
    "codebook": ("Kodebok", "Codebook"),
    "rules": ("Regler for kodingen", "Coding rules"),
    "belongs": ("Hører til", "Belongs"),
    "belongs_not": ("Hører ikke til", "Does not belong"),
    "why": ("Hvorfor {what}?", "Why {what}?"),
    "words_for": ("Ord som talte for", "Words that spoke for it"),
    "nearest_line": ("Nærmest i kodeboken", "Nearest in the codebook"),
    "assistant": ("Språkmodellen {name} svarte", "The language model {name} answered"),
    "assistant_silent": ("(svaret veide ikke med)", "(the answer weighed nothing)"),
    "alike": ("Kodede avsnitt som ligner", "Coded passages that are alike"),
    "bulk": ("Godta mange", "Accept many"),
    "bulk_least": ("Minste sannsynlighet, i prosent", "Least probability, in per cent"),
    "bulk_show": ("Vis hvilke", "Show which"),
    "bulk_do": ("Godta {n} forslag", "Accept {n} suggestions"),
    "bulk_done": ("{n} forslag godtatt", "{n} suggestions accepted"),
    "bulk_changed": (
        "Forslagene er endret: vis hvilke på nytt.",
        "The suggestions have changed: show which again.",
    ),
    "suggestion_changed": (
        "Forslaget er endret, se på nytt.",
        "The suggestion has changed, look again.",
    ),
    "bulk_none": (
        "Ingen uavgjorte forslag er så sannsynlige.",
        "No undecided suggestion is so probable.",
    ),
    "bulk_note": ("Angre (z) tar alle tilbake i ett.", "Undo (z) takes all of them back at once."),
    "learn": ("Lær av avgjørelsene", "Learn from the decisions"),
    "learning": ("Lærer av avgjørelsene dine …", "Learning from your decisions …"),
    "learned": (
        "Maskinen har lært av {n}. Nye forslag: {changed}.",
        "The machine has learned from {n}. New suggestions: {changed}.",
    ),
    "learned_before": (
        "Maskinen lærte ikke: den har lært av noen av disse avsnittene før. Start gjennomgangen med modellen som den "
        "bygger på, eller uten --model.",
        "The machine did not learn: it has learned from some of these passages before. Start the review with the "
        "model that it was trained on, or without --model.",
    ),
    "learn_own": ("Lær automatisk etter hvert intervju", "Learn by itself after each interview"),
    "learn_own_codes": (
        "Kodeboken har andre koder enn maskinen kan. Den lærer dem når du har avgjort {n} avsnitt; du har avgjort {done}.",
        "The codebook has other codes than the machine knows. It learns them once you have decided on {n} passages; "
        "you have decided on {done}.",
    ),
    "learn_nothing": ("Avgjør noen avsnitt først.", "Decide on some passages first."),
    "tools": ("Verktøy", "Tools"),
    "agreement": ("Samsvar og forhandling", "Agreement and negotiation"),
    "trail": ("Revisjonsspor", "Audit trail"),
    "exports": ("Hent ut", "Export"),
    "back": ("Tilbake til intervjuet", "Back to the interview"),
    "end": ("Avslutt", "End"),
    "ended": (
        "Gjennomgangen er avsluttet. Alt du avgjorde, er lagret. Du kan lukke siden.",
        "The review has ended. All that you decided is saved. You may close the page.",
    ),
    "lost": (
        "Programmet svarer ikke lenger. Alt du har avgjort, er lagret. Det du skriver nå, står på siden, "
        "men blir ikke lagret før du starter gjennomgangen igjen: kopier det først.",
        "The program no longer answers. All that you decided is saved. What you write now stays on the "
        "page, but is not saved until you start the review again: copy it first.",
    ),
    "not_written": (
        "Det ble ikke lagret ({why}). Frigjør plass på disken, eller sjekk at mappen kan skrives, og prøv igjen. "
        "Det du avgjorde før, er lagret.",
        "It was not saved ({why}). Free space on the disk, or check that the folder can be written, and try "
        "again. What you decided before is saved.",
    ),
    "saved": ("Lagret", "Saved"),
    "said": ("{what}.", "{what}."),
    "said_before": ("Forrige: {what}.", "Before: {what}."),
    "undone": ("Angret", "Undone"),
    "undone_settling": ("Angret i forhandlingen", "Undone in the negotiation"),
    "nothing_to_undo": ("Ingenting å angre", "Nothing to undo"),
    "at_end": ("Ingen flere avsnitt her", "No more passages here"),
    "at_end_left": (
        "Dette er det siste avsnittet. {left} er ikke avgjort: tasten g går til dem.",
        "This is the last passage. {left} undecided: the key g goes there.",
    ),
    "all_decided": (
        "Alle avsnittene er avgjort. Under Verktøy kan du hente ut filene og se samsvaret.",
        "All passages are decided. Under Tools you find the files and the agreement.",
    ),
    "at_start": ("Ingen avsnitt før dette", "No passages before this one"),
    "other_interview": ("Nytt intervju: {name}", "Another interview: {name}"),
    "blind": ("koder blindt", "codes blind"),
    "nothing_to_accept": (
        "Maskinen foreslår ingenting her: velg en kode, Ingen kode eller Usikker.",
        "The machine suggests nothing here: choose a code, No code or Unsure.",
    ),
    "hidden_accept": (
        "Forslagene er skjult: velg selv, så vises forslaget.",
        "Suggestions are hidden: choose yourself, and the suggestion is shown.",
    ),
    "failed": ("Det gikk ikke: {why}", "That failed: {why}"),
    "failed_merge": (
        "Avsnittet kan bare slås sammen med neste avsnitt i samme replikk.",
        "A passage can only be merged with the next one of the same turn.",
    ),
    "failed_split": ("Sett delestreken mellom to ord i avsnittet.", "Put the cut between two words."),
    "failed_mark": ("Merk ord fra én replikk.", "Select words of one turn."),
    "print_window": (
        "Utskriften viser avsnittene rundt det du så på. Hele intervjuet henter du ut som Word.",
        "The print shows the passages around the one in focus. Export the whole interview as Word.",
    ),
    "guard": (
        "Siden viser intervjuet, som er en personopplysning. Ingenting sendes ut fra maskinen din.",
        "The page shows the interview, which is personal data. Nothing leaves your machine.",
    ),
    "skip": ("Til avsnittet", "To the passage"),
    "roles_help": (
        "Enter: godta forslaget, eller videre · 1–9 0: sett en kode, eller ta den bort · n: ingen kode · "
        "u: usikker · j ↓: neste · k ↑: forrige · g: mest å lære av · z: angre · /: søk · m: notat · "
        "+: slå sammen med neste · s: del · v: gjør merket tekst til et avsnitt",
        "Enter: accept, or go on · 1–9 0: set a code, or take it away · n: no code · u: unsure · j ↓: next · "
        "k ↑: previous · g: most to learn from · z: undo · /: search · m: memo · +: merge with next · "
        "s: split · v: make selected text a passage",
    ),
    "compare": ("Sammenlign", "Compare"),
    "with": ("med", "with"),
    "machine": ("Maskinen", "The machine"),
    "differences": ("{n}, de største først", "{n}, the greatest first"),
    "one_difference": ("1 forskjell", "1 difference"),
    "many_difference": ("{n} forskjeller", "{n} differences"),
    "basis": (
        "Tallene bygger på {passages} fra {interviews}.",
        "The figures rest on {passages} of {interviews}.",
    ),
    "one_passage": ("1 avsnitt", "1 passage"),
    "many_passage": ("{n} avsnitt", "{n} passages"),
    "one_decision": ("1 avgjørelse", "1 decision"),
    "many_decision": ("{n} avgjørelser", "{n} decisions"),
    "one_interview": ("1 intervju", "1 interview"),
    "many_interview": ("{n} intervjuer", "{n} interviews"),
    "few_interviews": (
        "Med så få intervjuer sier intervallene lite eller ingenting.",
        "With so few interviews the intervals say little or nothing.",
    ),
    "left_open": (
        "Det dere blir enige om, kommer med i codings.csv (som adjudicated) når alle forskjellene i et intervju er "
        "avgjort. Det gjenstår: {names}.",
        "What you agree on comes into codings.csv (as adjudicated) when all differences of an interview are "
        "settled. Left: {names}.",
    ),
    "no_differences": ("Ingen forskjeller igjen å avgjøre.", "No differences left to decide."),
    "reason": ("Begrunnelse", "Reason"),
    "reason_missing": ("Skriv en linje om hvorfor.", "Write a line on why."),
    "difference_gone": (
        "Forskjellen er ikke der lenger. Last siden på nytt: den viser forskjellene som de er nå.",
        "The difference is no longer there. Load the page again: it shows the differences as they are now.",
    ),
    "in_place": ("Se i {name}", "See it in {name}"),
    "choose_as": ("Velg som", "Choose as"),
    "withdraw": ("Åpne igjen", "Open again"),
    "settled_by": (
        "{name} avgjøres mellom {a} og {b}, som begynte. Åpner de alle forskjellene sine igjen, kan andre overta.",
        "{name} is settled between {a} and {b}, who began. Once they open all of their differences again, others can.",
    ),
    "blind_closed": (
        "Du koder blindt: hva de andre har avgjort, vises når du er ferdig. Du har {left} igjen.",
        "You code blind: what others decided is shown when you are done. You have {left} left.",
    ),
    "choose_code": ("Velg en kode eller «Ingen kode».", "Choose a code, or “No code”."),
    "choose_none": (
        "Velg enten koder eller «Ingen kode», ikke begge.",
        "Choose either codes or “No code”, not both.",
    ),
    "decide": ("Avgjør", "Decide"),
    "adjudicated": ("Avgjort: {what}", "Decided: {what}"),
    "too_few": (
        "Velg to som har avgjort noe av det samme, og som begge har brukt minst én kode.",
        "Choose two who decided on some of the same text, and who both used at least one code.",
    ),
    "code": ("Kode", "Code"),
    "interval": ("95 % intervall", "95 % interval"),
    "all_codes": ("Alle koder", "All codes"),
    "agreement_note": (
        "Kappa er Cohens, med intervall fra en bootstrap over intervjuer, som i mestring agreement.",
        "Kappa is Cohen's, with its interval from a bootstrap over interviews, as in mestring agreement.",
    ),
    "when": ("Når", "When"),
    "by": ("Av", "By"),
    "place": ("Sted", "Place"),
    "verdict": ("Utfall", "Verdict"),
    "verdict_accepted": ("godtatt", "accepted"),
    "verdict_changed": ("endret", "changed"),
    "verdict_rejected": ("avvist", "rejected"),
    "verdict_blind": ("forslag skjult", "suggestion hidden"),
    "verdict_own": ("uten forslag", "no suggestion"),
    "act_accept": ("godtok", "accepted"),
    "act_accept_above": ("godtok mange", "accepted many"),
    "act_clear": ("tok bort", "took away"),
    "act_code": ("kodet", "coded"),
    "act_import": ("hentet inn", "read in"),
    "act_mark": ("markerte", "marked"),
    "act_memo": ("skrev notat", "wrote a memo"),
    "act_merge": ("slo sammen", "merged"),
    "act_negotiate": ("avgjorde en forskjell", "settled a difference"),
    "act_none": ("ingen kode", "no code"),
    "act_split": ("delte", "split"),
    "act_undo": ("angret", "undid"),
    "act_unsure": ("usikker", "unsure"),
    "no_longer": ("(slått sammen eller delt)", "(merged or cut)"),
    "before": ("Før", "Before"),
    "after": ("Etter", "After"),
    "act": ("Handling", "Act"),
    "latest": (
        "De siste hendelsene, den nyeste først (høyst {n}); alle står i filen.",
        "The latest events, the newest first ({n} at most); the file has all.",
    ),
    "data_hash": ("Data", "Data"),
    "model": ("Modell", "Model"),
}


class Words:
    """The words of one language.

    Parameters
    ----------
    language : {"nb", "en"}
    """

    def __init__(self, language: str = "nb") -> None:
        self.language = language
        self._at = LANGUAGES.index(language)

    def __call__(self, key: str, **values: object) -> str:
        """Return a phrase with its values filled in."""
        return _WORDS[key][self._at].format(**values)

    def get(self, key: str, otherwise: str) -> str:
        """Return a phrase without values, or something else where there is none."""
        return self(key) if key in _WORDS else otherwise

    def counted(self, n: int, what: str) -> str:
        """Return a number of what there is a word for one and for many, such as ``"1 forskjell"``."""
        return self(f"{'one' if n == 1 else 'many'}_{what}", **({} if n == 1 else {"n": n}))
