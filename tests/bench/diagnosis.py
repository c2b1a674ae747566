"""What the diagnosis is worth: runs with a known answer, judged by all rules.

    python tests/bench/diagnosis.py                  # the part that the rules were tuned on
    python tests/bench/diagnosis.py --held-out       # a part that was not looked at
    python tests/bench/diagnosis.py --fresh          # pairs of data set and model that were added last
    python tests/bench/diagnosis.py --cures --seeds 10 --jobs 2
    python tests/bench/diagnosis.py --only wine --texts   # what is said about some runs

Each run's evidence is kept in ``build/diagnosis``, so that changed rules judge it again without training;
it is made again where the experiment or what gathers the evidence has changed. The split is by data set ×
model family, by a hash of their names (see ``diagnosis_cases``). A random change counts as a fault only
where the run is worse than its healthy twin, and otherwise as neither.
"""

import argparse
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

sys.path.insert(0, str(Path(__file__).parents[2]))  # in a checkout where nothing is installed

from diagnosis_cases import Case, all_cases, changed
from diagnosis_runs import Outcome, is_as_good, outcome
from joblib import Parallel, delayed

from gradlab.diagnosis.advising import applied
from gradlab.diagnosis.diagnosis import Diagnosis
from gradlab.diagnosis.finding import Finding
from gradlab.diagnosis.rules.base import RULES
from gradlab.experiment.files import build

SEEDS_CURED = 0.9  # of the seeds


def say(line: str) -> None:
    """Print a line."""
    print(line, flush=True)  # noqa: T201


# --- judging ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    """What is said of a case.

    Attributes:
        findings: at the end; ever: the ids of warnings and problems at any moment.
        is_faulty: whether the run is worse than its twin; always true for planted faults.
    """

    case: Case
    findings: tuple[Finding, ...]
    ever: frozenset[str]
    is_faulty: bool

    @property
    def is_found(self) -> bool:
        """Whether a finding names the fault."""
        return any(finding.id in self.case.named_by for finding in self.findings)

    @property
    def is_first(self) -> bool:
        """Whether the leading finding names it."""
        return bool(self.findings) and self.findings[0].id in self.case.named_by

    @property
    def alarms(self) -> tuple[Finding, ...]:
        """The warnings and problems at the end."""
        return tuple(finding for finding in self.findings if finding.level != "info")


def judged(case: Case) -> Verdict | str:
    """Return what is said of a case; a text where it could not be trained."""
    run = outcome(case.document, moments=True)
    if run.refused:
        return run.refused
    faulty = True
    if case.kind == "random":
        faulty = not is_as_good(run, outcome(case.twin, moments=False), case.metric)
    return Verdict(case, Diagnosis().judge(run.moments[-1]), _ever(run), faulty)


def _ever(run: Outcome) -> frozenset[str]:
    diagnosis = Diagnosis()
    return frozenset(
        finding.id
        for evidence in run.moments
        for finding in diagnosis.judge(evidence)
        if finding.level != "info"
    )


# --- cures ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cure:
    """How the first thing to try did.

    Attributes:
        advice: what it is; empty where there is none.
        cured: the share of seeds in which it is as good as its twin.
    """

    verdict: Verdict
    advice: str
    cured: float


def cure(verdict: Verdict, seeds: int) -> Cure:
    """Follow the leading finding's first advice, with several seeds."""
    case = verdict.case
    offers = [offer for finding in verdict.findings for offer in finding.advice if offer.changes]
    if not offers:
        return Cure(verdict, "", 0.0)
    first = build(case.document).seed
    cured = [_is_cured(case, offers[0], first + number) for number in range(seeds)]
    said = ", ".join(f"{change.key}={change.value}" for change in offers[0].changes)
    return Cure(verdict, said, fmean(cured))


def _is_cured(case: Case, offer: object, seed: int) -> bool:
    experiment = applied(build(changed(case.document, seed=seed)), offer)  # type: ignore[arg-type]
    assert experiment is not None
    tried = outcome(experiment.model_dump(mode="json", exclude={"variants", "replicas"}), moments=False)
    twin = outcome(changed(case.twin, seed=seed), moments=False)
    return not tried.refused and is_as_good(tried, twin, case.metric)


# --- the table --------------------------------------------------------------------------------------------------


def _share(values: Iterable[bool]) -> str:
    every = list(values)
    return f"{sum(every):4d} of {len(every):4d}  {100 * fmean(every):5.1f} %" if every else "   – "


KINDS = {
    "exact": "exact findings",
    "curve": "planted faults on the curves",
    "random": "changes that did harm, by comparison",
}


def print_table(verdicts: list[Verdict], refused: int) -> None:
    """Print the table of findings and false alarms."""
    runs = [verdict for verdict in verdicts if verdict.case.kind == "healthy"]
    faulty = [verdict for verdict in verdicts if verdict.case.kind != "healthy" and verdict.is_faulty]
    _row("", "found", "the right one first")
    for kind, title in KINDS.items():
        some = [verdict for verdict in faulty if verdict.case.kind == kind]
        _row(title, _share(each.is_found for each in some), _share(each.is_first for each in some))
    exact = {rule.name for rule in RULES if rule.kind == "exact"}
    _row("healthy runs with an exact finding", _share(_ids(each) & exact != set() for each in runs))
    _row("healthy runs with a warning or a problem", _share(bool(each.alarms) for each in runs))
    _row("the same, at any moment of the run", _share(bool(each.ever) for each in runs))
    _row("faulty runs about which nothing is said", _share(not each.findings for each in faulty))
    harmless = sum(not each.is_faulty for each in verdicts)
    say(f"changes without harm, which are left out: {harmless}; refused: {refused}")


def _ids(verdict: Verdict) -> set[str]:
    return {finding.id for finding in verdict.alarms}


def _row(title: str, first: str, second: str = "") -> None:
    say(f"{title:44s}{first:>24s}{second:>24s}")


def print_misses(verdicts: list[Verdict]) -> None:
    """Print the runs that were judged wrongly."""
    for verdict in verdicts:
        said = " ".join(f"{each.id}({each.level[0]})" for each in verdict.findings) or "–"
        if verdict.case.kind == "healthy":
            if verdict.alarms or verdict.ever:
                say(f"  healthy    {verdict.case.name}: {said}; once {' '.join(sorted(verdict.ever))}")
        elif verdict.is_faulty and not verdict.is_first:
            word = "not first" if verdict.is_found else "missed   "
            say(f"  {word}  {verdict.case.name} ({'/'.join(verdict.case.named_by)}): {said}")


def print_cures(cures: list[Cure], seeds: int) -> None:
    """Print how many first advices cure."""
    good = [each.cured >= SEEDS_CURED for each in cures]
    _row(f"the first advice cures, of {seeds} seeds in 9 of 10", _share(good))
    for each, is_good in zip(cures, good, strict=True):
        if not is_good:
            first = next((finding.id for finding in each.verdict.findings), "–")
            say(
                f"  {100 * each.cured:3.0f} %  {each.verdict.case.name}: {first}: {each.advice or 'no advice'}"
            )


def main() -> None:
    """Train what is not kept, judge, print."""
    options = _options()
    cases = [case for case in all_cases() if case.part == options.part and options.only in case.name]
    start = time.perf_counter()
    with Parallel(options.jobs) as parallel:
        results = parallel(delayed(judged)(case) for case in cases)
        verdicts = [result for result in results if isinstance(result, Verdict)]
        refused = [
            (case.name, result)
            for case, result in zip(cases, results, strict=True)
            if isinstance(result, str)
        ]
        groups = len({case.group for case in cases})
        say(f"{len(verdicts)} runs, {groups} pairs of data set and model: the part that is {options.part}")
        print_table(verdicts, len(refused))
        if options.misses:
            print_misses(verdicts)
            for name, why in refused:
                say(f"  refused    {name}: {why}")
        if options.cures:
            curable = [
                each
                for each in verdicts
                if each.case.kind != "healthy" and each.is_faulty and each.case.curable
            ]
            print_cures(parallel(delayed(cure)(each, options.seeds) for each in curable), options.seeds)
    if options.texts:
        _print_texts(verdicts)
    say(f"{time.perf_counter() - start:.0f} s")


def _print_texts(verdicts: list[Verdict]) -> None:
    for verdict in verdicts:
        say(f"\n{verdict.case.name}")
        for finding in verdict.findings:
            say(f"  {finding.level:8s}{finding.id}: {finding.text}")
            for offer in finding.advice:
                say(f"          → {offer.text}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.set_defaults(part="tuned")
    parser.add_argument(
        "--held-out",
        dest="part",
        action="store_const",
        const="held-out",
        help="a part that no rule was tuned on, by the hash of data set × model family",
    )
    parser.add_argument(
        "--fresh", dest="part", action="store_const", const="fresh", help="pairs that were added last"
    )
    parser.add_argument("--only", default="", help="only cases whose name contains this")
    parser.add_argument("--cures", action="store_true", help="also follow the first advice, and train again")
    parser.add_argument("--seeds", type=int, default=10, help="so many seeds for each cure")
    parser.add_argument("--jobs", type=int, default=2, help="so many processes")
    parser.add_argument("--misses", action="store_true", help="also name the runs that are judged wrongly")
    parser.add_argument("--texts", action="store_true", help="also print all that is said")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
