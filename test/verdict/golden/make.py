"""Writes the golden files beside it: what scipy says of the same numbers. Run where scipy is (Debian: python3-scipy).

    python3 test/verdict/golden/make.py

Nothing here follows how src/verdict computes. The regression in particular builds the whole covariance matrix of the
floors, looks for the best effects with scipy's non-negative least squares, and walks to the ends of the intervals.
"""

import json
import pathlib

import numpy as np
import scipy
from scipy import integrate, linalg, optimize, special, stats

HERE = pathlib.Path(__file__).parent
random = np.random.default_rng(20261126)


def write(name, document):
    head = {"scipy": scipy.__version__, "numpy": np.__version__}
    (HERE / name).write_text(json.dumps({**head, **document}, indent=1) + "\n")


def theil_sen():
    cases = []
    for n in (8, 9, 12, 20, 33, 60, 120, 200):
        for _ in range(3):
            seconds = np.cumsum(random.uniform(0.5, 3, n)).round(3)
            size = np.round(3e7 + random.uniform(-2e4, 6e4) * seconds + random.normal(0, 10 ** random.uniform(3, 6), n))
            slope = stats.theilslopes(size, seconds)[0]
            residuals = size - slope * seconds
            residuals -= np.median(residuals)
            correlation = float(np.sum(residuals[1:] * residuals[:-1]) / np.sum(residuals**2))
            kendall = stats.kendalltau(seconds, size, method="asymptotic")
            cases.append(
                {
                    "seconds": seconds.tolist(),
                    "bytes": size.tolist(),
                    "correlationOfNeighbours": correlation,
                    "kendallTau": float(kendall.statistic),
                    "kendallP": float(kendall.pvalue),
                    "slope": float(slope),
                    "intervals": [
                        {"level": level, "ends": [float(e) for e in stats.theilslopes(size, seconds, level)[2:4]]}
                        for level in (0.8, 0.9, 0.95, 0.99)
                    ],
                }
            )
    write("theil-sen.json", {"cases": cases})


def least_squares():
    cases = []
    for n in (4, 5, 6, 7):
        for _ in range(4):
            seconds = np.cumsum(random.uniform(0.5, 3, n)).round(3)
            size = np.round(3e7 + random.uniform(-2e4, 6e4) * seconds + random.normal(0, 3e4, n))
            fit = stats.linregress(seconds, size)
            cases.append(
                {
                    "seconds": seconds.tolist(),
                    "bytes": size.tolist(),
                    "slope": float(fit.slope),
                    "standardError": float(fit.stderr),
                    "reach99": float(stats.t.ppf(0.995, n - 2) * fit.stderr),
                }
            )
    write("least-squares.json", {"cases": cases})


def distributions():
    degrees = [1, 1.5, 2, 3, 4, 7, 10, 28, 100, 1000, 1e6]
    probabilities = [1e-9, 1e-6, 1e-4, 0.0005, 0.005, 0.01, 0.05, 0.1, 0.3, 0.5, 0.8, 0.9, 0.95, 0.975, 0.995, 0.9999]
    write(
        "distributions.json",
        {
            "student": [
                {"degrees": d, "probability": p, "quantile": float(stats.t.ppf(p, d))}
                for d in degrees
                for p in probabilities
            ],
            "normal": [{"probability": p, "quantile": float(stats.norm.ppf(p))} for p in probabilities],
            "incompleteBeta": [
                {"x": x, "a": a, "b": b, "value": float(special.betainc(a, b, x))}
                for x in (1e-6, 0.01, 0.2, 0.5, 0.8, 0.99, 0.999999)
                for a, b in ((0.5, 0.5), (5, 0.5), (12.5, 1), (30, 1.5), (200, 2), (0.5, 40))
            ],
        },
    )


SHARES = [0, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, np.inf]


class Regression:
    """Differences of floors, whose covariance is known up to its size: no filter, no recursion."""

    def __init__(self, times, sizes, columns, least):
        gaps = np.diff(times)
        unit = np.sort(gaps)[len(gaps) // 2]
        rows = len(gaps)
        own = 2 * np.eye(rows) - np.eye(rows, k=1) - np.eye(rows, k=-1)
        self.rows, self.least, self.shares = rows, least, []
        for share in SHARES:
            steps = np.diag(gaps / unit)
            covariance = steps if share == np.inf else own + share * steps
            root = linalg.cholesky(covariance, lower=True)
            white = linalg.solve_triangular(root, np.diff(sizes), lower=True)
            causes = linalg.solve_triangular(root, np.diff(columns, axis=1).T, lower=True)
            self.shares.append((white, causes, 2 * np.sum(np.log(np.diag(root)))))

    def best(self, among, fixed=None):
        """Largest log likelihood with the causes in `among`, one of them at a fixed effect, and its effects."""
        best = (-np.inf, None)
        for white, causes, log_determinant in self.shares:
            rest = [cause for cause in among if fixed is None or cause != fixed[0]]
            target = white if fixed is None else white - causes[:, fixed[0]] * fixed[1]
            effects = np.zeros(causes.shape[1])
            if rest:
                scale = np.linalg.norm(causes[:, rest], axis=0)
                found, norm = optimize.nnls(causes[:, rest] / scale, target, maxiter=10000)
                effects[rest] = found / scale
                misses = norm**2
            else:
                misses = target @ target
            if fixed is not None:
                effects[fixed[0]] = fixed[1]
            likelihood = -log_determinant / 2 - self.rows / 2 * np.log(misses + self.rows * self.least)
            if likelihood > best[0]:
                best = (likelihood, effects)
        return best


def regression():
    cases = []
    for n, kind in ((14, "white"), (25, "white"), (30, "walk"), (40, "remembering"), (60, "walk"), (30, "even")):
        times = np.cumsum(random.uniform(1.8, 2.3, n)).round(3)
        gaps = np.diff(times, prepend=0)
        if kind == "even":
            requests = 50 * times
            closed = 5 * times
        else:
            requests = np.cumsum(random.poisson(50 * gaps))
            closed = np.cumsum(random.poisson(5 * gaps))
        opened = random.poisson(25, n)
        noise = random.normal(0, 3e4, n)
        if kind == "walk":
            noise = np.cumsum(random.normal(0, 6e4, n))
        if kind == "remembering":
            for i in range(1, n):
                noise[i] = 0.8 * noise[i - 1] + random.normal(0, 5e4)
        truth = random.choice([0, 1], 4) * np.array([44e3, 40e3, 2e3, 5e4])
        columns = np.array([closed, opened, requests, times], float)
        sizes = np.round(3e7 + truth @ columns + noise)
        found = Regression(times, sizes, columns, 1)
        every = [0, 1, 2, 3]
        top, effects = found.best(every)
        degrees = found.rows - 4
        floor = top - found.rows / 2 * np.log1p(stats.t.ppf(0.995, degrees) ** 2 / degrees)
        intervals = []
        for cause in every:
            def lacking(effect):
                return found.best(every, (cause, effect))[0] - floor
            # The largest first: from the best effect outwards until the likelihood has fallen for good.
            wide = max(effects[cause], 1.0)
            while lacking(wide) > 0:
                wide *= 1.5
            grid = np.linspace(0, wide, 400)
            inside = [effect for effect in [*grid, effects[cause]] if lacking(effect) >= 0]
            high_from, low_from = max(inside), min(inside)
            above = grid[grid > high_from].min()
            high = optimize.brentq(lacking, high_from, above)
            low = 0.0
            if low_from > 0:
                low = optimize.brentq(lacking, grid[grid < low_from].max(), low_from)
            intervals.append([float(low), float(high)])
        needed = []
        for mask in range(1, 16):
            without = [cause for cause in every if mask & (1 << cause)]
            gap = top - found.best([cause for cause in every if cause not in without])[0]
            ratio = np.exp(-2 * gap / found.rows)
            # An F test written with the beta distribution of the share of misses that is left.
            needed.append(float(stats.beta.cdf(ratio, degrees / 2, len(without) / 2)))
        cases.append(
            {
                "kind": kind,
                "seconds": times.tolist(),
                "bytes": sizes.tolist(),
                "causes": columns.tolist(),
                "effects": effects.tolist(),
                "intervals99": intervals,
                "pWithout": needed,
            }
        )
    write("regression.json", {"cases": cases})


WANDERING = [0, 0.02, 0.1, 0.5, 2, 10, np.inf]


def growing(seconds, share, scale):
    """How long the last rate takes to bring what comes in `seconds`, where a share of it fades as 1 / time."""
    return integrate.quad(lambda x: 1 - share + share * scale / (scale + x), 0, seconds, epsrel=1e-12)[0]


class Lines:
    """Lines through noise that wanders, by the covariance of the differences of floors; weights by restricted likelihood."""

    def __init__(self, times, sizes, share, scale):
        gaps, n = np.diff(times), len(times)
        self.degrees, self.found = n - 2, []
        own = 2 * np.eye(n - 1) - np.eye(n - 1, k=1) - np.eye(n - 1, k=-1)
        for part in (0, share):
            column = np.diff([growing(t - times[-1], part, scale) for t in times])
            for wandering in WANDERING:
                walks = wandering == np.inf
                covariance = np.diag(gaps / gaps.mean()) * (1 if walks else wandering) + (0 if walks else own)
                inverse = linalg.inv(covariance)
                information = column @ inverse @ column
                rate = column @ inverse @ np.diff(sizes) / information
                misses = np.diff(sizes) - rate * column
                left = misses @ inverse @ misses
                weight = (
                    -np.linalg.slogdet(covariance)[1] / 2
                    - np.log(information / column.sum() ** 2) / 2
                    - (n - 2) / 2 * np.log(left)
                )
                # The last floor's own noise is part of the last difference and of no other.
                with_last = np.zeros(n - 1)
                with_last[-1] = 0 if walks else 1
                self.found.append(
                    {
                        "weight": weight,
                        "rate": rate,
                        "error": np.sqrt(left / (n - 2) / information),
                        "last": sizes[-1] - with_last @ inverse @ misses,
                        "lastVariance": left / (n - 2) * ((0 if walks else 1) - with_last @ inverse @ with_last),
                        "wandering": left / (n - 2) * (1 if walks else wandering) / gaps.mean(),
                        "share": part,
                    }
                )
        weights = np.array([line["weight"] for line in self.found])
        weights = np.exp(weights - weights.max())
        for line, weight in zip(self.found, weights / weights.sum()):
            line["weight"] = weight
        self.scale = scale

    def mean(self, of):
        return sum(line["weight"] * of(line) for line in self.found)

    def end(self, probability):
        def lacking(rate):
            return self.mean(lambda l: stats.t.cdf((rate - l["rate"]) / l["error"], self.degrees)) - probability

        reach = 1e3 * max(line["error"] for line in self.found)
        return optimize.brentq(lacking, -reach, reach, xtol=1e-9)

    def level(self, line, seconds):
        return line["last"] + line["rate"] * growing(seconds, line["share"], self.scale)

    def arrived(self, limit, seconds):
        def chance(line):
            grown = growing(seconds, line["share"], self.scale)
            rate_variance = line["error"] ** 2 + (0.01 * line["rate"]) ** 2
            variance = line["lastVariance"] + rate_variance * grown**2 + line["wandering"] * seconds
            return stats.t.sf((limit - self.level(line, seconds)) / np.sqrt(variance), self.degrees)

        return self.mean(chance)


def lines():
    cases = []
    for n, kind in ((7, "white"), (12, "white"), (12, "fading"), (30, "fading"), (25, "walk"), (60, "walk")):
        times = np.cumsum(random.uniform(1.8, 2.3, n)).round(3)
        noise = random.normal(0, 1e5, n)
        if kind == "walk":
            noise += np.cumsum(random.normal(0, 1e5, n))
        faded = np.log(times / times[0]) if kind == "fading" else 0
        sizes = np.round(3e7 + 5e5 * (times + 10 * faded) + noise)
        limit, scale = float(sizes[-1] + 1e8), 1.1 * times[-1]
        found = Lines(times, sizes, 0.2, scale)
        far = 1e8
        cases.append(
            {
                "kind": kind,
                "seconds": times.tolist(),
                "bytes": sizes.tolist(),
                "rate": float(found.mean(lambda line: line["rate"])),
                "weightOfFading": float(found.mean(lambda line: line["share"] > 0)),
                "interval99": [float(found.end(0.005)), float(found.end(0.995))],
                "limitBytes": limit,
                "secondsToLimit": float(
                    optimize.brentq(lambda s: found.mean(lambda line: found.level(line, s)) - limit, 1, far)
                ),
                "forecast90": [
                    float(optimize.brentq(lambda s: found.arrived(limit, s) - p, 1, far, rtol=1e-12)) for p in (0.05, 0.95)
                ],
            }
        )
    write("lines.json", {"cases": cases})


theil_sen()
least_squares()
distributions()
regression()
lines()
