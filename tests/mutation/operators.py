"""Small slips in C++: what a line says after a change that somebody might make."""
import re

TOKEN = re.compile(
    r"""(?P<space>\s+)
  | (?P<ident>(?:static_cast|std::vector|std::span)<[^;(){}]*?>|[A-Za-z_]\w*(?:::[A-Za-z_]\w*)*)
  | (?P<number>\d+\.?\d*(?:e[-+]?\d+)?)
  | (?P<text>"(?:[^"\\]|\\.)*")
  | (?P<op><=|>=|==|!=|&&|\|\||\+=|-=|\*=|/=|\+\+|--|->|::|<<|>>|[-+*/%<>=!&|?:;,.(){}\[\]~^])""",
    re.X,
)

PRECEDENCE = {"*": 9, "/": 9, "%": 9, "+": 8, "-": 8, "<": 6, "<=": 6, ">": 6, ">=": 6, "==": 5, "!=": 5, "&&": 3, "||": 2}
ASSIGN = {"=", "+=", "-=", "*=", "/="}
PAIRS = {"(": ")", "[": "]", "{": "}"}
KEYWORDS = {
    "for", "if", "else", "return", "const", "auto", "double", "std::size_t", "switch", "case", "continue", "break",
    "while", "Mat", "Vec", "Ten3", "bool", "true", "false", "static_cast", "default", "Forward", "Backward", "void",
}  # fmt: skip

MATRIX_PRODUCTS = ["matmul", "matmul_nt", "matmul_tn"]
CALLS = {
    "softmax": ["slip::softmax_unguarded", "slip::softmax_overflowing", "slip::softmax_from_zero",
                "slip::softmax_uniform", "slip::softmax_over_all", "slip::softmax_columns", "slip::shares", "sigmoid"],
    "softmax_backward": ["slip::softmax_backward_diagonal", "slip::softmax_backward_plain_mean",
                         "slip::softmax_backward_sum", "slip::softmax_backward_jacobian_diagonal",
                         "slip::softmax_backward_not_weighted", "slip::softmax_backward_columns"],
    "apply_mask": ["slip::mask_zero", "slip::mask_1e9", "slip::mask_minus_1e9_added", "slip::mask_inverted",
                   "slip::mask_causal", "slip::mask_causal_strict", "slip::mask_first_row", "slip::mask_first_column",
                   "slip::mask_shifted", "slip::mask_transposed", "slip::mask_but_empty_rows"],
    "matmul": MATRIX_PRODUCTS + ["slip::matmul_less_first", "slip::matmul_less_last"],
    "matmul_nt": MATRIX_PRODUCTS + ["slip::matmul_nt_less_first", "slip::matmul_nt_less_last"],
    "matmul_tn": MATRIX_PRODUCTS + ["slip::matmul_tn_less_first", "slip::matmul_tn_less_last"],
    "matvec": ["matvec_tn", "slip::matvec_less_first", "slip::matvec_less_last"],
    "matvec_tn": ["matvec"],
    "batched_matmul": ["batched_matmul_nt", "batched_matmul_tn"],
    "batched_matmul_nt": ["batched_matmul", "batched_matmul_tn"],
    "batched_matmul_tn": ["batched_matmul", "batched_matmul_nt"],
    "sum_of_rows": ["slip::mean_of_rows", "slip::sum_of_rows_less_first", "slip::sum_of_rows_less_last",
                    "slip::last_row", "slip::first_row", "slip::greatest_of_rows", "slip::sum_of_columns"],
    "row_norms": ["slip::row_squares", "slip::row_sizes", "slip::row_rms", "slip::row_norms_at_least",
                  "slip::row_sums"],
    "row_means": ["slip::row_sums", "slip::row_greatest", "slip::mean_of_rows"],
    "row_variances": ["slip::row_variances_unbiased", "slip::row_variances_about_zero",
                      "slip::row_variances_summed", "slip::row_deviations"],
    "inverse_deviations": ["slip::inverse_deviations_epsilon_outside", "slip::inverse_deviations_no_epsilon",
                           "slip::inverse_variances", "slip::deviations"],
    "inner_product": ["slip::inner_product_mean"],
    "squared_distances": ["slip::true_distances", "slip::city_distances", "matmul_nt"],
    "cumulative_sums": ["slip::cumulative_before", "slip::cumulative_from_end", "slip::cumulative_down",
                        "slip::cumulative_running_on"],
    "sum_over_keys": ["sum_over_queries"],
    "sum_over_queries": ["sum_over_keys"],
    "pair_sums": ["pair_concat"],
    "pair_concat": ["pair_sums"],
    "split_heads": ["slip::split_interleaved", "slip::split_reshaped"],
    "merge_heads": ["slip::merge_interleaved", "slip::merge_reshaped"],
    "first_columns": ["last_columns"],
    "last_columns": ["first_columns"],
    "first_rows": ["last_rows"],
    "first_entries": ["last_entries"],
    "last_entries": ["first_entries"],
    "scale_rows": ["scale_columns", "subtract_from_rows"],
    "scale_columns": ["scale_rows", "add_to_rows"],
    "tanh": ["sigmoid", "relu"],
    "sigmoid": ["tanh", "relu"],
    "relu": ["tanh", "gelu"],
    "tanh_backward": ["sigmoid_backward", "slip::tanh_backward_of_input", "slip::tanh_backward_linear"],
    "sigmoid_backward": ["tanh_backward"],
    "relu_backward": ["slip::relu_backward_at_zero", "slip::relu_backward_half", "tanh_backward"],
    "rows": ["cols"],
    "cols": ["rows"],
    "std::max": ["std::min"],
    "std::min": ["std::max"],
    "std::floor": ["std::ceil", "std::round"],
    "std::sin": ["std::cos"],
    "std::cos": ["std::sin"],
    "std::exp": ["std::expm1", "std::exp2"],
    "std::log": ["std::log2", "std::log1p"],
    "std::sqrt": ["std::cbrt"],
    "std::pow": [],
    "std::hypot": [],
}  # fmt: skip
COMMUTATIVE = {"std::hypot", "std::max", "std::min", "inner_product", "row_products", "dot"}
WHOLE = ["moved_rows", "reversed", "first_for_all", "last_row_zero", "last_column_zero", "single",
         "transposed_numbers", "no_less_than_zero"]  # fmt: skip


class Tokens:
    def __init__(self, code):
        code = "\n".join(line.split("//")[0] for line in code.splitlines())
        code = re.sub(r"/\*.*?\*/", "", code, flags=re.S)
        self.kinds, self.texts, self.spaces = [], [], []
        at, space = 0, ""
        while at < len(code):
            found = TOKEN.match(code, at)
            if not found:
                raise ValueError("cannot read " + code[at : at + 40])
            at = found.end()
            if found.lastgroup == "space":
                space = found[0]
                continue
            self.kinds.append(found.lastgroup)
            self.texts.append(found[0])
            self.spaces.append(space)
            space = ""
        self.match = {}
        stack = []
        for n, text in enumerate(self.texts):
            if text in PAIRS:
                stack.append(n)
            elif text in PAIRS.values():
                self.match[n] = stack.pop()
                self.match[self.match[n]] = n

    def __len__(self):
        return len(self.texts)

    def text(self, first, last):
        """Tokens first up to last, last left out."""
        out = "".join(self.spaces[n] + self.texts[n] for n in range(first, last))
        return out.strip()

    def replaced(self, first, last, by):
        space = self.spaces[first] if first < len(self) else " "
        before = "".join(self.spaces[n] + self.texts[n] for n in range(first))
        after = "".join(self.spaces[n] + self.texts[n] for n in range(last, len(self)))
        return before + (space or " ") + by + " " + after

    def is_binary(self, n):
        if self.texts[n] not in PRECEDENCE:
            return False
        if n == 0:
            return False
        before = self.texts[n - 1]
        if before in (")", "]") or self.kinds[n - 1] == "number":
            return True
        if self.kinds[n - 1] == "ident" and before not in ("return", "case", "const", "auto", "Mat", "Vec", "Ten3"):
            # "const Mat& a" is no operator; those are single & and not in PRECEDENCE
            return True
        return False

    def left(self, n):
        """Where the left operand of the operator n begins."""
        power = PRECEDENCE[self.texts[n]]
        k = n - 1
        while True:
            if self.texts[k] in (")", "]"):
                k = self.match[k]
            before = k - 1
            if before < 0:
                return k
            text = self.texts[before]
            if text in (";", ",", "?", ":", "return") or text in ASSIGN or text in PAIRS or text in ("}",):
                return k
            if text in ("else",):
                return k
            if text == ")" and self.kinds[k] == "ident":  # "for (...) x += …"
                return k
            if text in PRECEDENCE and self.is_binary(before) and PRECEDENCE[text] < power:
                return k
            k = before

    def right(self, n):
        """The end of the right operand of the operator n, left out."""
        power = PRECEDENCE[self.texts[n]]
        k = n + 1
        while k < len(self):
            text = self.texts[k]
            if text in PAIRS:
                k = self.match[k] + 1
                continue
            if text in (";", ",", "?", ":", ")", "]", "}"):
                return k
            if text in PRECEDENCE and self.is_binary(k) and PRECEDENCE[text] <= power:
                return k
            k += 1
        return k

    def arguments(self, opening):
        """Of the call whose bracket opens there: (first, last) of each argument."""
        closing = self.match[opening]
        spans, first, k = [], opening + 1, opening + 1
        while k < closing:
            if self.texts[k] in PAIRS:
                k = self.match[k] + 1
                continue
            if self.texts[k] == ",":
                spans.append((first, k))
                first = k + 1
            k += 1
        if first < closing:
            spans.append((first, closing))
        return spans


def operators(t):
    swaps = {
        "+": ["-"], "-": ["+"], "*": ["/", "+"], "/": ["*"], "<": ["<=", ">"], "<=": ["<", ">="], ">": [">=", "<"],
        ">=": [">", "<="], "==": ["!="], "!=": ["=="], "&&": ["||"], "||": ["&&"],
    }  # fmt: skip
    in_for = loop_heads(t)
    for n, text in enumerate(t.texts):
        if not t.is_binary(n):
            continue
        first, last = t.left(n), t.right(n)
        a, b = t.text(first, n), t.text(n + 1, last)
        if n in in_for and text in ("<", "<=", ">", ">="):
            # Not past the end of memory, where nothing is known of what happens.
            yield "the loop ends one early", t.replaced(first, last, f"{a} + 1 < {b}")
            continue
        for other in swaps.get(text, []):
            yield f"{text} becomes {other}", t.replaced(n, n + 1, other)
        yield f"only what is left of {text}", t.replaced(first, last, a)
        if text not in ("<", "<=", ">", ">=", "==", "!="):
            yield f"only what is right of {text}", t.replaced(first, last, b)
        if text in "-/":
            yield f"{text} turned round", t.replaced(first, last, f"({b}) {text} ({a})")
    for n, text in enumerate(t.texts):
        if text in ("-", "!") and not t.is_binary(n) and n + 1 < len(t):
            yield f"{text} left out", t.replaced(n, n + 1, "")
        if text in ("+=", "-=", "*=", "/="):
            for other in {"+=": ["=", "-="], "-=": ["=", "+="], "*=": ["=", "/="], "/=": ["=", "*="]}[text]:
                yield f"{text} becomes {other}", t.replaced(n, n + 1, other)


def statement_ends(t, n):
    """The end of the expression that begins at n: the ; that is its own."""
    k = n
    while k < len(t) and t.texts[k] != ";":
        k = t.match[k] + 1 if t.texts[k] in PAIRS else k + 1
    return k


def results(t, result):
    """What is assigned to the step's field, or returned, as a whole."""
    for n, text in enumerate(t.texts):
        if text == "return":
            first = n + 1
        elif text in ASSIGN and n >= 1:
            first = n + 1
        else:
            continue
        last = statement_ends(t, first)
        if last >= len(t) or last == first or any(x == "{" for x in t.texts[first:last]):
            continue
        in_header = any(t.texts[k] == "for" and k + 1 < n < t.match[k + 1] for k in range(n) if t.texts[k + 1] == "(")
        whole = t.text(first, last)
        if in_header:
            if whole.startswith("0"):
                yield "the loop begins at 1", t.replaced(first, first + 1, "1")
            continue
        if whole in ("0", "0.0") or re.fullmatch(r"zeros ?\([^;]*\)", whole):
            continue
        yield "the sign", t.replaced(first, last, f"-({whole})")
        yield "twice", t.replaced(first, last, f"2.0 * ({whole})")
        yield "half", t.replaced(first, last, f"0.5 * ({whole})")
        if result and n >= 3 and t.text(n - 3, n) == result:
            for name in WHOLE:
                yield name.replace("_", " "), t.replaced(first, last, f"slip::{name}(slip::eval({whole}))")
        elif text == "return":
            yield "single", t.replaced(first, last, f"slip::single(slip::eval({whole}))")


def calls(t):
    for n, text in enumerate(t.texts):
        if text != "(" or n == 0 or t.kinds[n - 1] != "ident":
            continue
        name, first = t.texts[n - 1], n - 1
        while first >= 2 and t.texts[first - 1] in (".", "->"):
            first -= 2
        if name in ("for", "if", "switch", "while") or name.startswith("expect_"):
            continue
        spans = t.arguments(n)
        arguments = [t.text(*span) for span in spans]
        end = t.match[n] + 1
        for k in range(len(spans) - 1 if name not in COMMUTATIVE else 0):
            swapped = arguments[:k] + [arguments[k + 1], arguments[k]] + arguments[k + 2 :]
            yield f"arguments of {name} swapped", t.replaced(spans[0][0], spans[-1][1], ", ".join(swapped))
        is_index = bool(arguments) and first < n - 1 or name in t.indexed
        if name in CALLS or not is_index:
            if name not in ("rows", "cols", "zeros", "Mat::shape_type"):
                for argument in arguments:
                    if not name.startswith("static_cast"):
                        yield f"{name} left out", t.replaced(first, end, f"({argument})")
        for other in CALLS.get(name, []):
            if other != name:
                yield f"{other.replace('slip::', '')} for {name}", t.replaced(n - 1, n, other)
        if is_index:
            for k, argument in enumerate(arguments):
                if re.fullmatch(r"[a-z]\w*", argument):
                    yield f"index {argument} is 0", t.replaced(*spans[k], "0")
                    yield f"index {argument} one less", t.replaced(*spans[k], f"({argument} == 0 ? 0 : {argument} - 1)")


def loop_heads(t):
    """The tokens between the brackets after for: most changes there make a loop that never ends."""
    heads = set()
    for n, text in enumerate(t.texts):
        if text == "for" and t.texts[n + 1] == "(":
            heads.update(range(n + 1, t.match[n + 1]))
    return heads


def names(t, members, parameters, loop_variables):
    heads = loop_heads(t)
    for n, text in enumerate(t.texts):
        if t.kinds[n] != "ident" or text in KEYWORDS or (n in heads and text in loop_variables):
            continue
        if n >= 2 and t.texts[n - 1] == "(" and t.texts[n - 2] in ("rows", "cols", "shape_of"):
            continue  # several tensors share an extent
        is_member = n >= 2 and t.texts[n - 1] == "."
        if is_member:
            owner = t.texts[n - 2]
            known = members.get(owner, [])
            if n == 2 and n + 1 < len(t) and t.texts[n + 1] in ASSIGN:
                continue  # the result itself
            near = sorted(known, key=lambda other: abs(known.index(other) - (known.index(text) if text in known else 0)))
            for other in [name for name in near if name != text][:7]:
                yield f"{owner}.{other} for {owner}.{text}", t.replaced(n, n + 1, other)
            for other_owner in ("b", "forward"):
                if owner in ("b", "forward", "f") and other_owner != owner:
                    twin = text[2:] if text.startswith("d_") else "d_" + text
                    yield f"{other_owner}.{twin} for {owner}.{text}", t.replaced(n - 2, n + 1, f"{other_owner}.{twin}")
        elif text in loop_variables:
            if n > 0 and t.texts[n - 1] in ("std::size_t", "auto", "double"):
                continue
            for other in loop_variables:
                if other != text:
                    yield f"{other} for {text}", t.replaced(n, n + 1, other)
        elif text in parameters:
            for other in parameters:
                if other != text:
                    yield f"{other} for {text}", t.replaced(n, n + 1, other)
            for owner in ("f", "forward", "b"):
                twin = text[2:] if text.startswith("d_") else "d_" + text
                if twin in members.get(owner, []):
                    yield f"{owner}.{twin} for {text}", t.replaced(n, n + 1, f"{owner}.{twin}")


def constants(t):
    others = {"0.0": ["1.0"], "1.0": ["2.0", "0.0"], "2.0": ["1.0", "4.0"], "0.5": ["1.0", "2.0"]}
    for n, text in enumerate(t.texts):
        if t.kinds[n] == "number":
            more = others.get(text)
            if more is None:
                more = [f"{float(text) + 1.0!r}"] if "." in text else [str(int(text) + 1)] if text.isdigit() else []
            for other in more:
                yield f"{text} becomes {other}", t.replaced(n, n + 1, other)
        if text in ("true", "false"):
            yield f"{text} turned round", t.replaced(n, n + 1, "false" if text == "true" else "true")


def conditions(t):
    for n, text in enumerate(t.texts):
        if text == "if" and t.texts[n + 1] == "(":
            first, last = n + 2, t.match[n + 1]
            whole = t.text(first, last)
            if "=" in t.texts[first:last]:
                continue
            yield "the condition turned round", t.replaced(first, last, f"!({whole})")
            yield "always", t.replaced(first, last, f"({whole}) || true")
            yield "never", t.replaced(first, last, f"({whole}) && false")
        if text == "?":
            colon, depth, k = None, 0, n + 1
            while k < len(t):
                if t.texts[k] in PAIRS:
                    k = t.match[k] + 1
                    continue
                if t.texts[k] == "?":
                    depth += 1
                if t.texts[k] == ":":
                    if depth == 0:
                        colon = k
                        break
                    depth -= 1
                k += 1
            if colon is None:
                continue
            end = colon + 1
            while end < len(t) and t.texts[end] not in (";", ",", ")", "]", "}"):
                end = t.match[end] + 1 if t.texts[end] in PAIRS else end + 1
            a, b = t.text(n + 1, colon), t.text(colon + 1, end)
            yield "the other case", t.replaced(n + 1, end, f"{b} : {a}")
            yield "the first case always", t.replaced(n + 1, end, f"{a} : {a}")
            yield "the second case always", t.replaced(n + 1, end, f"{b} : {b}")


def left_out(t):
    """A statement of several, but for the first, and declarations."""
    begins = [0]
    for n, text in enumerate(t.texts):
        if text in (";", "{", "}") and n + 1 < len(t):
            begins.append(n + 1)
        if text == ")" and n + 1 < len(t) and t.match[n] > 0 and t.texts[t.match[n] - 1] in ("for", "if"):
            begins.append(n + 1)
    for first in begins[1:]:
        text = t.texts[first]
        if t.kinds[first] != "ident" or text in KEYWORDS - {"continue"} or text in ("const", "using"):
            continue
        end = statement_ends(t, first)
        if end >= len(t) or "{" in t.texts[first:end]:
            continue
        if any(t.texts[k] == "(" and k < first < t.match[k] for k in t.match if t.texts[k] == "("):
            continue  # in the head of a loop
        yield "a statement left out", t.replaced(first, end, "")


def mutants(code, result, members, parameters, indexed):
    """Pairs of what was changed and the code, each code once."""
    t = Tokens(code)
    loops = []
    for n, text in enumerate(t.texts):
        if text == "std::size_t" and n + 2 < len(t) and t.texts[n + 2] == "=":
            if t.texts[n + 1] not in loops:
                loops.append(t.texts[n + 1])
    t.indexed = indexed | set(re.findall(r"\b(?:Mat|Vec|Ten3)&? (\w+)", code))
    # What is expected of an input says nothing of a result.
    checks = re.compile(r"expect_\w+\([^;]*\);")
    seen = {checks.sub("", "".join(t.text(0, len(t)).split()))}
    for of in (
        operators(t), results(t, result), calls(t), names(t, members, parameters, loops), constants(t),
        conditions(t), left_out(t),
    ):  # fmt: skip
        for what, text in of:
            key = checks.sub("", "".join(text.split()))
            if key not in seen:
                seen.add(key)
                yield what, text
