"""Scaled dot-product attention without any library: what a submission in another language may be."""
import json
import math
import sys


def read(path):
    """The few forms that a case has: one key a line, numbers in JSON's form."""
    config = {}
    for line in open(path, encoding="utf-8"):
        key, _, value = line.strip().partition(": ")
        try:
            config[key] = json.loads(value)
        except ValueError:
            config[key] = value
    return config


def product(a, b):
    return [[sum(x * y for x, y in zip(row, column)) for column in zip(*b)] for row in a]


def transposed(a):
    return [list(column) for column in zip(*a)]


def times(factor, a):
    return [[factor * x for x in row] for row in a]


def softmax(row):
    largest = max(row)
    if largest == -math.inf:
        return [0.0 for _ in row]
    exponentials = [math.exp(x - largest) for x in row]
    return [x / sum(exponentials) for x in exponentials]


def text(value):
    if isinstance(value, list):
        return [text(v) for v in value]
    return value if math.isfinite(value) else str(value)


def main():
    config = read(sys.argv[1])
    queries, keys, values = (config[name] for name in ("queries", "keys", "values"))
    d_context = config.get("d_context", [[1.0] * len(values[0]) for _ in queries])
    sqrt_dk = 1 / math.sqrt(len(queries[0]))
    scale = {"none": 1.0, "sqrt_dk": sqrt_dk}.get(str(config.get("scale", "sqrt_dk")), None)
    scale = config["scale"] if scale is None else scale
    causal, lengths, mask = (config.get(name) for name in ("causal", "valid_lens", "mask"))

    def attends(i, j):
        return ((mask is None or mask[i][j]) and (not causal or j <= i)
                and (lengths is None or j < (lengths[i] if isinstance(lengths, list) else lengths)))

    steps = []

    def show(name, tensor):
        shape = [] if not isinstance(tensor, list) else [len(tensor), len(tensor[0])]
        steps.append({"id": name, "tensors": [{"name": name, "axes": ["a", "b"][:len(shape)],
                                               "shape": shape, "values": text(tensor)}]})

    if str(config.get("scale", "sqrt_dk")) == "sqrt_dk":
        show("scale", sqrt_dk)
    scores = product(queries, transposed(keys))
    show("scores", scores)
    scaled = times(scale, scores)
    show("scaled", scaled)
    masked = [[x if attends(i, j) else -math.inf for j, x in enumerate(row)]
              for i, row in enumerate(scaled)]
    show("masked", masked)
    weights = [softmax(row) for row in masked]
    show("weights", weights)
    show("context", product(weights, values))
    show("d_values", product(transposed(weights), d_context))
    d_weights = product(d_context, transposed(values))
    show("d_weights", d_weights)
    means = [sum(a * d for a, d in zip(*rows)) for rows in zip(weights, d_weights)]
    d_scaled = [[a * (d - mean) for a, d in zip(*rows)]
                for mean, *rows in zip(means, weights, d_weights)]
    show("d_scaled", d_scaled)
    d_scores = times(scale, d_scaled)
    show("d_scores", d_scores)
    show("d_queries", product(d_scores, keys))
    show("d_keys", product(transposed(d_scores), queries))
    print(json.dumps({"format": "attn-trace", "version": 1, "chapter": "scaled-dot-product",
                      "steps": steps}))


main()
