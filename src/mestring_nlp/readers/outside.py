"""What stands below a turn's words, and nobody says: notices of the recording, headings, notes afterwards."""

from __future__ import annotations

import re
from typing import NamedTuple

_BLANK = r"[^\S\n]"
_RECORDED = (
    "(?:(?:the |lyd|video|audio)?(?:møte|opptak|intervju|samtale|transkripsjon|transkribering|fil|"
    "optagelse|interview|inspelning|möte|mødet?|recording|interview|meeting|conversation|transcript(?:ion)?|"
    "audio|tape|session|file)(?:et|en|n|t)?)"
)
_OVER = (
    r"(?:er |is |was |has |blir |ble |blei |bliver |blev |slås |stängs |turned )*(?:slutt?(?:er|et|ede|ar|ade)?|slutades|"
    r"avslutt?(?:es|et|ad|as|a)|avslutades|afslutt?(?:es|et)|stopp?(?:er|es|et|a|as|ar|ades)?|avbrytes|afbrydes|over|ferdig|av|off|"
    r"end(?:s|ed|ing)?|stop(?:s|ped)?|finished|concluded|paused?|start(?:er|es|et|a|as|ar|ed|s)?|"
    r"begynner|begins?|begynt|fortsetter|fortsätter|fortsætter|gjenopptas|resume[sd]?|continue[sd]?)"
)
_WHEN = rf"(?:{_BLANK}+(?:igjen|again|her|here|after|etter|efter|ved|at|kl\.?|på|[\d:.,]+|minutt\w*|minutes?|min\.?)){{0,4}}"
NOTICE = re.compile(
    rf"^{_BLANK}*+[\[(<{{*_–—-]{{0,3}}{_BLANK}?(?:"
    r".{1,80} (?:startet|stoppet|starta|stoppa|started|stopped) "
    r"(?:transkripsjon(?:en)?|transkribering(?:en)?|transcription)"
    rf"|{_RECORDED} {_OVER}{_WHEN}"
    rf"|(?:slutt?(?:en)?|ende|stopp?|end|start|begynnelsen|beginning) (?:på|av|for|of|paa) {_RECORDED}{_WHEN}"
    r"|(?:the )?(?:meeting|transcription|recording) was ended after [\d:]{4,9}.{0,4}"
    r"|this editable transcript was computer generated.{0,200}"
    r"|(?:transcribed by|transkribert av|transkriberet af|transkriberad av) https?://\S{1,80}"
    rf"){_BLANK}?[.!]?{_BLANK}?[\])>}}*_–—-]{{0,3}}{_BLANK}*$",
    re.MULTILINE | re.IGNORECASE,
)
"""A line that a program or a person writes of the recording: that it began, went on, or ended."""
