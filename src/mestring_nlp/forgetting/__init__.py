"""Consent withdrawn: remove an informant from a project's folder, and prove it."""

from mestring_nlp.forgetting.plan import Plan, Step, plan_forgetting
from mestring_nlp.forgetting.run import Forgotten, forget

__all__ = ["Forgotten", "Plan", "Step", "forget", "plan_forgetting"]
