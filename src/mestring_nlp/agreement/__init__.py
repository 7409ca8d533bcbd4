"""How well coders agree: published measures, as pure functions over arrays.

One rule for what is undefined: where everybody used one and the same code throughout, chance leaves
no room to differ, and a chance-corrected measure is ``nan``; a report then says why. An empty sample
is an error.

Codes of a unit are a single label, or, with several codes allowed, a row of an indicator matrix
of shape (n_units, n_codes), or a frozenset.
"""

from mestring_nlp.agreement.alpha import (
    DISTANCES,
    jaccard_distance,
    krippendorff_alpha,
    masi_distance,
    nominal_distance,
    unitizing_alpha,
)
from mestring_nlp.agreement.coefficients import (
    FEW_EXAMPLES,
    PrecisionRecall,
    bias_index,
    brennan_prediger,
    cohen_kappa,
    fleiss_kappa,
    gwet_ac1,
    kappa_of_tables,
    pabak,
    percent_agreement,
    precision_recall,
    prevalence_index,
)
from mestring_nlp.agreement.resampling import bootstrap_interval, kappa_interval, shaffer_rho

__all__ = [
    "DISTANCES",
    "FEW_EXAMPLES",
    "PrecisionRecall",
    "bias_index",
    "bootstrap_interval",
    "brennan_prediger",
    "cohen_kappa",
    "fleiss_kappa",
    "gwet_ac1",
    "jaccard_distance",
    "kappa_interval",
    "kappa_of_tables",
    "krippendorff_alpha",
    "masi_distance",
    "nominal_distance",
    "pabak",
    "percent_agreement",
    "precision_recall",
    "prevalence_index",
    "shaffer_rho",
    "unitizing_alpha",
]
