#!/usr/bin/env python3
"""Recomputes every vector of this folder: a second implementation, in Python's standard library alone.

Usage: python3 check.py [folder]. Prints a line for each file; ends with 1 at the first value that differs.
"""

import base64
import datetime
import hashlib
import json
import pathlib
import sys

ROUNDS = 90


def sha256(data):
    return hashlib.sha256(data).digest()


def u64(number):
    return number.to_bytes(8, "big")


def u32(number):
    return number.to_bytes(4, "big")


def jcs(value):
    """RFC 8785 for what is hashed here: members in ASCII, integers, no other numbers."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def tagged(tag, *parts):
    return sha256(tag.encode() + b"\x00" + b"".join(parts))


# Trees: the recursive definitions of RFC 6962, sections 2.1 to 2.1.2.


def split(size):
    """The largest power of two below size."""
    power = 1
    while power * 2 < size:
        power *= 2
    return power


def tree_root(leaves):
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0])
    k = split(len(leaves))
    return sha256(b"\x01" + tree_root(leaves[:k]) + tree_root(leaves[k:]))


def inclusion_path(index, leaves):
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if index < k:
        return inclusion_path(index, leaves[:k]) + [tree_root(leaves[k:])]
    return inclusion_path(index - k, leaves[k:]) + [tree_root(leaves[:k])]


def consistency_path(first, leaves):
    if first == 0:
        return []
    return subproof(first, leaves, True)


def subproof(first, leaves, is_whole):
    size = len(leaves)
    if first == size:
        return [] if is_whole else [tree_root(leaves)]
    k = split(size)
    if first <= k:
        return subproof(first, leaves[:k], is_whole) + [tree_root(leaves[k:])]
    return subproof(first - k, leaves[k:], False) + [tree_root(leaves[:k])]


# Draws: fair-draw-v1.


def milliseconds(time):
    moment = datetime.datetime.strptime(time, "%Y-%m-%dT%H:%M:%S.%fZ")
    return (moment - datetime.datetime(1970, 1, 1)) // datetime.timedelta(milliseconds=1)


def round_at(at_ms, genesis, period):
    return max(1, 1 + -(-(at_ms - genesis * 1000) // (period * 1000)))


def chain_hash(beacon):
    name = b"" if beacon["beaconId"] == "default" else beacon["beaconId"].encode()
    key, group = bytes.fromhex(beacon["publicKey"]), bytes.fromhex(beacon["groupHash"])
    return sha256(u32(beacon["period"]) + u64(beacon["genesis"]) + key + group + name)


def words_of(seed):
    i = 0
    while True:
        block = sha256(seed + u64(i))
        for at in range(0, 32, 8):
            yield int.from_bytes(block[at : at + 8], "big")
        i += 1


def uniform(words, k):
    limit = 2**64 - 2**64 % k
    while True:
        word = next(words)
        if word < limit:
            return word % k


def ranking_of(seed, count):
    words = words_of(seed)
    a = list(range(count))
    for i in range(count - 1, 0, -1):
        j = uniform(words, i + 1)
        a[i], a[j] = a[j], a[i]
    return a


# Lines: compute_shuffled_index of Ethereum's consensus specification.


def shuffled_index(index, count, seed):
    for current in range(ROUNDS):
        pivot = int.from_bytes(sha256(seed + bytes([current]))[:8], "little") % count
        flip = (pivot + count - index) % count
        position = max(index, flip)
        source = sha256(seed + bytes([current]) + (position // 256).to_bytes(4, "little"))
        if source[position % 256 // 8] >> position % 8 & 1:
            index = flip
    return index


# The files.


def expect(where, what, found, wanted):
    found = found.hex() if isinstance(found, bytes) else found
    if found != wanted:
        sys.exit(f"{where}: {what} is {str(found)[:200]}, the file has {str(wanted)[:200]}")


def check_trees(case):
    name = case["name"]
    leaves = [bytes.fromhex(leaf) for leaf in case["leaves"]]
    expect(name, "root", tree_root(leaves), case["root"])
    for proof in case["inclusion"]:
        path = [node.hex() for node in inclusion_path(proof["index"], leaves)]
        expect(name, f"the path of {proof['index']}", path, proof["path"])
    for proof in case["consistency"]:
        path = [node.hex() for node in consistency_path(proof["from"], leaves)]
        expect(name, f"consistency from {proof['from']}", path, proof["path"])


def check_beacon(case, wait_ms, at):
    beacon = case["rules"]["beacon"]
    if beacon["kind"] == "none":
        expect(case["name"], "beacon", None, case["beacon"])
        return b""
    expect(case["name"], "chainHash", chain_hash(beacon), beacon["chainHash"])
    round_number = round_at(milliseconds(case["rules"][at]) + wait_ms, beacon["genesis"], beacon["period"])
    expect(case["name"], "round", round_number, beacon["round"])
    return bytes.fromhex(case["beacon"])


def check_rules(case, algorithm):
    name = case["name"]
    server_seed = bytes.fromhex(case["serverSeed"])
    commitment = tagged(f"{algorithm}/seed", server_seed)
    expect(name, "commitment", commitment, case["rules"]["commitment"])
    expect(name, "rulesHash", sha256(jcs(case["rules"])), case["rulesHash"])
    return server_seed


def check_draws(case):
    name, rules = case["name"], case["rules"]
    server_seed = check_rules(case, "fair-draw-v1")
    removals = jcs(case["removals"])
    expect(name, "removalsHash", sha256(removals), case["removalsHash"])
    leaves = []
    for number, entry_id, consumer_id, level, salt in case["entries"]:
        subject = tagged("fair-draw-v1/subject", bytes.fromhex(salt), consumer_id.encode()).hex()
        leaf = {"drawId": rules["drawId"], "entryId": entry_id, "level": level, "number": number}
        leaves.append(jcs({**leaf, "subject": subject}))
    numbers = [entry[0] for entry in case["entries"]]
    expect(name, "the order of numbers", sorted(numbers), numbers)
    together = sorted(numbers + [removal["number"] for removal in case["removals"]])
    expect(name, "numbers", together, list(range(1, case["lastNumber"] + 1)))
    expect(name, "the first leaves", [leaf.decode() for leaf in leaves[:3]], case["firstLeaves"])
    count, root = len(leaves), tree_root(leaves)
    expect(name, "count", count, case["count"])
    expect(name, "root", root, case["root"])
    beacon = check_beacon(case, 0, "drawAt")
    rules_hash = bytes.fromhex(case["rulesHash"])
    seed = tagged("fair-draw-v1/draw", rules_hash, root, u64(count), server_seed, beacon)
    expect(name, "seed", seed, case["seed"])
    ranking = ranking_of(seed, count)
    expect(name, "ranking", ranking, case["ranking"])
    winners = [case["entries"][index][1] for index in ranking[: min(rules["winnerCount"], count)]]
    expect(name, "winners", winners, case["winners"])


def check_shuffles(case):
    seed, count = bytes.fromhex(case["seed"]), case["count"]
    shuffled = [shuffled_index(index, count, seed) for index in range(count)]
    expect(f"seed {case['seed']}, count {count}", "shuffled", shuffled, case["shuffled"])


def check_lines(case):
    name, rules = case["name"], case["rules"]
    server_seed = check_rules(case, "fair-line-v1")
    leaves = [
        jcs({"level": level, "queueId": rules["queueId"], "subject": subject, "ticket": ticket})
        for ticket, level, subject in case["tickets"]
    ]
    n, root = len(leaves), tree_root(leaves)
    expect(name, "n", n, case["n"])
    expect(name, "root", root, case["root"])
    beacon = check_beacon(case, 15_000, "openAt")
    rules_hash = bytes.fromhex(case["rulesHash"])
    seed = tagged("fair-line-v1", rules_hash, root, u64(n), server_seed, beacon)
    expect(name, "seed", seed, case["seed"])
    ranks = [1 + shuffled_index(ticket - 1, n, seed) for ticket in range(1, n + 1)]
    expect(name, "ranks", ranks, case["ranks"])


def decode_part(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def check_statement(name, case, jws, kind):
    """What a compact JWS says, checked but for the signature itself."""
    header, payload, signature = jws.split(".")
    expected = {"alg": "EdDSA", "kid": case["jwks"]["keys"][0]["kid"], "typ": kind}
    expect(name, "header", decode_part(header), jcs(expected).hex())
    statement = json.loads(decode_part(payload))
    expect(name, "payload", decode_part(payload), jcs(statement).hex())
    expect(name, "length of the signature", len(decode_part(signature)), 64)
    return statement


def check_receipts(case):
    """Everything but the signature itself: the standard library has no Ed25519."""
    name, receipt = case["name"], case["receipt"]
    body, size = receipt["body"], receipt["size"]
    subject = tagged("fair-draw-v1/subject", bytes.fromhex(receipt["salt"]), body["consumerId"].encode())
    expect(name, "subject", subject, body["subject"])
    leaves = [bytes.fromhex(leaf) for leaf in case["group"]]
    expect(name, "size", len(leaves), size)
    expect(name, "leaf", jcs(body), leaves[receipt["index"]].hex())
    path = [node.hex() for node in inclusion_path(receipt["index"], leaves)]
    expect(name, "path", path, receipt["path"])
    statement = check_statement(name, case, receipt["signature"], "receipt+jws")
    expect(name, "members", sorted(statement), ["logHead", "logSize", "root", "size"])
    expect(name, "group's root", tree_root(leaves), statement["root"])
    expect(name, "group's size", size, statement["size"])


def check_logs(case):
    """Everything but the signatures."""
    name, entries, size = case["name"], case["entries"], len(case["entries"])
    leaves = [jcs(entry) for entry in entries]
    for entry in entries:
        expect(name, "members", sorted(entry), ["at", "data", "distributionId", "kind"])
    hashes = [sha256(b"\x00" + leaf).hex() for leaf in leaves]
    expect(name, "leafHashes", hashes, case["leafHashes"])
    expect(name, "root", tree_root(leaves), case["root"])
    times = [entry["at"] for entry in entries]
    expect(name, "the order of times", sorted(times), times)
    head = check_statement(name, case, case["head"], "log+jws")
    expect(name, "members of the head", sorted(head), ["at", "mode", "organizationId", "root", "size"])
    expect(name, "the head", [tree_root(leaves).hex(), size], [head["root"], head["size"]])
    for index, entry in enumerate(entries):
        if entry["kind"] == "freeze":
            freeze = check_statement(name, case, entry["data"]["statement"], "freeze+jws")
            expect(name, "the freeze's logHead", tree_root(leaves[:index]), freeze["logHead"])
    for proof in case["inclusion"]:
        path = [node.hex() for node in inclusion_path(proof["index"], leaves)]
        expect(name, f"the path of {proof['index']}", path, proof["path"])
    for proof in case["consistency"]:
        expect(name, f"the root of {proof['from']}", tree_root(leaves[: proof["from"]]), proof["root"])
        path = [node.hex() for node in consistency_path(proof["from"], leaves)]
        expect(name, f"consistency from {proof['from']}", path, proof["path"])


NEXT = {
    "DUE": ["ADMITTED"],
    "ADMITTED": ["COMPLETED", "EXPIRED", "DENIED", "LEFT"],
    "EXPIRED": ["COMPLETED"],
}


def check_awards(case, ids):
    """Every seat at first to the winner of its place, and where it comes free to the next alternate."""
    name, rules = case["name"], case["rules"]
    winners = min(rules["winnerCount"], len(ids))
    alternates = iter([ids[index] for index in case["ranking"][winners:]])
    seats = {number: None for number in range(1, winners + 1)}
    last_turn = last_step = 0
    for award in case["awards"]:
        at, seat = milliseconds(award["at"]), award["seat"]
        is_turn = award["outcome"] == "ADMITTED"
        # Admissions may be to come, one after the other, when they are told.
        expect(name, "the order of awards", max(last_step, last_turn if is_turn else 0, at), at)
        last_step = last_step if is_turn and last_step else at
        last_turn = at if is_turn else last_turn
        held = seats[seat]
        if held is None:
            held = seats[seat] = {"entryId": case["winners"][seat - 1], "state": "DUE"}
        elif held["entryId"] != award["entryId"]:
            is_free = held["state"] in ("EXPIRED", "DENIED", "LEFT") and rules["backfill"]
            expect(name, f"whether seat {seat} is free", is_free, True)
            held = seats[seat] = {"entryId": next(alternates), "state": "DUE"}
        expect(name, f"who has seat {seat}", held["entryId"], award["entryId"])
        allowed = NEXT.get(held["state"], [])
        expect(name, f"what becomes of seat {seat}", award["outcome"] in allowed and award["outcome"], award["outcome"])
        if award["outcome"] == "ADMITTED":
            held["since"] = at
        if award["outcome"] == "EXPIRED":
            claimed = at - held["since"] >= rules["admissionExpirationSeconds"] * 1000
            expect(name, f"whether seat {seat} had its time", claimed, True)
        held["state"] = award["outcome"]
    expect(name, "whether every seat was given", None not in seats.values(), True)


def check_uniformity(name, ranking, said):
    """Spearman's correlation of place and number, with its standard deviations."""
    count = len(ranking)
    if count < 2:
        expect(name, "uniformity", None, said)
        return
    squares = sum((leaf - place) ** 2 for place, leaf in enumerate(ranking))
    rho = 1 - 6 * squares / (count * (count**2 - 1))
    z = rho * (count - 1) ** 0.5
    near = abs(said["rho"] - rho) < 2e-6 and abs(said["z"] - z) < 2e-6
    expect(name, "uniformity", [near, said["isUnusual"]], [True, abs(z) > 3.29])


def check_proofs(case):
    """Whole proofs, but for the signatures of the operator and of the beacon."""
    name, rules = case["name"], case["rules"]
    server_seed = check_rules(case, "fair-draw-v1")
    expect(name, "commitment", rules["commitment"], case["commitment"])
    leaves = [leaf.encode() for leaf in case["leaves"]]
    entries = [json.loads(leaf) for leaf in leaves]
    for leaf, entry in zip(leaves, entries):
        expect(name, "leaf", jcs({**entry, "drawId": rules["drawId"]}), leaf.hex())
    numbers = [entry["number"] for entry in entries]
    together = sorted(numbers + [removal["number"] for removal in case["removals"]])
    expect(name, "numbers", together, list(range(1, case["lastNumber"] + 1)))
    for level, count in case["levels"].items():
        expect(name, level, [entry["level"] for entry in entries].count(level), count)
    root, count = tree_root(leaves), len(leaves)
    expect(name, "root", root, case["root"])
    freeze = check_statement(name, case, case["freeze"], "freeze+jws")
    has_beacon = rules["beacon"]["kind"] != "none"
    expected = {
        "algorithm": "fair-draw-v1",
        "count": count,
        "drawId": rules["drawId"],
        "frozenAt": freeze["frozenAt"],
        "lastNumber": case["lastNumber"],
        "logHead": freeze["logHead"],
        "removalsHash": sha256(jcs(case["removals"])).hex(),
        "root": root.hex(),
        "rulesHash": case["rulesHash"],
        "serverSeed": case["serverSeed"] if has_beacon else None,
    }
    expect(name, "freeze", jcs(expected), jcs(freeze).hex())
    beacon = check_beacon(case, 0, "drawAt")
    rules_hash = bytes.fromhex(case["rulesHash"])
    seed = tagged("fair-draw-v1/draw", rules_hash, root, u64(count), server_seed, beacon)
    expect(name, "seed", seed, case["seed"])
    ranking = ranking_of(seed, count)
    expect(name, "ranking", ranking, case["ranking"])
    ids = [entry["entryId"] for entry in entries]
    expect(name, "winners", [ids[index] for index in ranking[: rules["winnerCount"]]], case["winners"])
    check_uniformity(name, ranking, case["uniformity"])
    check_awards(case, ids)
    if case["receipt"] is None:
        return
    body, own = case["receipt"]["body"], case["entry"]
    index = numbers.index(body["number"])
    expect(name, "entry", [case["leaves"][index], index], [own["leaf"], own["index"]])
    expect(name, "path", [node.hex() for node in inclusion_path(index, leaves)], own["path"])
    subject = tagged("fair-draw-v1/subject", bytes.fromhex(case["receipt"]["salt"]), body["consumerId"].encode())
    expect(name, "subject", subject, entries[index]["subject"])
    expect(name, "place", ranking.index(index) + 1, case["place"])


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent)
    checks = {
        "trees": check_trees,
        "draws": check_draws,
        "shuffles": check_shuffles,
        "lines": check_lines,
        "receipts": check_receipts,
        "logs": check_logs,
        "proofs": check_proofs,
    }
    unknown = {path.stem for path in folder.glob("*.json")} ^ set(checks)
    if unknown:
        sys.exit(f"{', '.join(sorted(unknown))}: in the folder or among the checks, but not in both")
    for name, check in checks.items():
        cases = json.loads((folder / f"{name}.json").read_text())
        for case in cases:
            check(case)
        print(f"{name}: {len(cases)} vectors hold")


if __name__ == "__main__":
    main()
