"""Writes precise.csv: the models in 60 to 400 digits, by other formulas than the program's.

Usage: python precise.py > precise.csv        Needs: pip install mpmath
Columns: family, parameters, x, t_x, T, t, log-likelihood, P(alive), expected orders in t,
P(1 or more orders in t), P(3 or more). Times in weeks.
"""
from mpmath import mp, mpf, beta, betainc, binomial, exp, gammainc, hyp2f1, inf, log, loggamma, quad

mp.dps = 60
CUSTOMERS = [(0, 0, "38.857142857142857"), (2, "30.428571428571427", "38.857142857142857"),
             (1, "0.14285714285714285", 104), (26, "30.857142857142858", 31), (5, 20, 20), (0, 0, "0.14285714285714285"),
             (221, "150.5", 157), (3000, 500, 520)]
HORIZONS = [39, "0.5", 1000, 39, 104, 39, "4.2857142857142856", 52]


def log_beta(a, b):
    return loggamma(a) + loggamma(b) - loggamma(a + b)


def negative_binomial_tail(shape, v, n):
    """P(n or more events), as 1 minus a sum of n terms of the mass function."""
    z = v / (1 + v)
    return 1 - sum(exp(loggamma(shape + i) - loggamma(shape) - loggamma(i + 1)) * (1 - z) ** shape * z ** i for i in range(n))


def bg(params, x, tx, age, t, modified):
    r, alpha, a, b = params
    y = x + 1 if modified else x
    a = a if a != 1 else a + mpf(10) ** -(mp.dps // 3)  # the textbook form is singular there
    alive = log_beta(a, b + y) - log_beta(a, b) - (r + x) * log(alpha + age)
    dead = log_beta(a + 1, b + y - 1) - log_beta(a, b) - (r + x) * log(alpha + tx) if y else -inf
    top = max(alive, dead)
    both = top + log(exp(alive - top) + exp(dead - top))
    ll = loggamma(r + x) - loggamma(r) + r * log(alpha) + both
    p = exp(alive - both)
    v, b1 = t / (alpha + age), b + y
    z = v / (1 + v)
    if a < 1000:
        expected = (a + b1 - 1) / (a - 1) * (1 - (1 - z) ** (r + x) * hyp2f1(r + x, b1, a + b1 - 1, z))
    else:  # mpmath's series does not converge: the integral over a narrow p instead
        mean, sd = a / (a + b1), (a * b1 / (a + b1 + 1)) ** mpf("0.5") / (a + b1)
        digits, mp.dps = mp.dps, 40
        expected = quad(lambda q: (1 - (1 + q * v) ** -(r + x)) / q * exp((a - 1) * log(q) + (b1 - 1) * log(1 - q) - log_beta(a, b1)),
                        [mean + i * sd for i in range(-14, 15, 4) if 0 < mean + i * sd < 1])
        mp.dps = digits
    tails = [negative_binomial_tail(r + x, v, n) * exp(log_beta(a, b1 + n - 1) - log_beta(a, b1)) for n in (1, 3)]
    return [ll, p, p * expected] + [p * tail for tail in tails]


def upper(alpha, beta_, m, n, z):
    """Integral of (alpha+u)^-m (beta+u)^-n from z to infinity."""
    if alpha < beta_:
        alpha, beta_, m, n = beta_, alpha, n, m
    e = m + n - 1
    return (alpha + z) ** -e / e * hyp2f1(e, n, e + 1, (alpha - beta_) / (alpha + z))


def pareto(params, x, tx, age, t):
    r, alpha, s, beta_ = params
    s = s if s != 1 else s + mpf(10) ** -(mp.dps // 3)
    alive = (alpha + age) ** -(r + x) * (beta_ + age) ** -s
    dead = s * (upper(alpha, beta_, r + x, s + 1, tx) - upper(alpha, beta_, r + x, s + 1, age)) if tx < age else mpf(0)
    ll = loggamma(r + x) - loggamma(r) + r * log(alpha) + s * log(beta_) + log(alive + dead)
    p = alive / (alive + dead)
    k, a, b = r + x, alpha + age, beta_ + age
    expected = k / a * b / (s - 1) * (1 - (b / (b + t)) ** (s - 1))
    first = k * a ** k * b ** s * (upper(a, b, k + 1, s, 0) - upper(a, b, k + 1, s, t))

    def density(u):  # of the third order's time
        return exp(loggamma(k + 3) - loggamma(k) - log(2) + 2 * log(u) + k * log(a) - (k + 3) * log(a + u) + s * log(b / (b + u)))

    digits, mp.dps = mp.dps, 25
    cuts = [t * mpf(10) ** -i for i in range(9, -1, -1)]
    third = quad(lambda u: density(u), [mpf(10) ** -15 * t] + cuts)
    mp.dps = digits
    return [ll, p, p * expected, p * first, p * third]


def regular(params, x, tx, age, t, modified):
    k, r, alpha, a, b = int(params[0]), *params[1:]
    y = x + 1 if modified else x
    shape = r + k * x
    stages = [exp(loggamma(shape + j) - loggamma(j + 1)) * (age - tx) ** j * (alpha + age) ** -(shape + j) for j in range(k)]
    alive = sum(stages) * beta(a, b + y) / beta(a, b)
    dead = exp(loggamma(shape)) * (alpha + tx) ** -shape * beta(a + 1, b + y - 1) / beta(a, b) if y else mpf(0)
    # without log gaps, as the test's customers have none
    ll = r * log(alpha) - loggamma(r) + log(alive + dead) - x * loggamma(k)
    p, v, b1 = alive / (alive + dead), t / (alpha + age), b + y

    def tail(n):
        going = beta(a, b1 + n - 1) / beta(a, b1)
        return going * sum(w * betainc(n * k - j, shape + j, 0, v / (1 + v), regularized=True) for j, w in enumerate(stages)) / sum(stages)

    expected, n = mpf(0), 1
    while True:
        term = tail(n)
        expected, n = expected + term, n + 1
        if term < expected * mpf(10) ** -16:
            break
    return [ll, p, p * expected, p * tail(1), p * tail(3)]


def cases():
    cdnow = ["0.24259452243015717", "4.4136020190135055", "0.7929220172255865", "2.4259067768262876"]
    for family, modified in (("BG/NBD", False), ("MBG/NBD", True)):
        for params in (cdnow, ["0.001", "0.01", "0.001", "5000"], [5, 500, 1, "0.001"], ["0.5", "0.01", 5000, 40000], [100, 3, "0.3", "0.2"]):
            yield family, params, lambda p, c, t, m=modified: bg(p, *c, t, m), CUSTOMERS
    for params in (["0.5532770468531861", "10.577683463302371", "0.6062399891277799", "11.668735288853401"],
                   ["0.001", "0.01", "0.001", 5000], [5, 500, 1, "0.001"], ["0.5", "0.01", 20, 5000], [100, 3, "0.3", "3"]):
        yield "Pareto/NBD", params, lambda p, c, t: pareto(p, *c, t), CUSTOMERS
    for family, modified in (("BG/CNBD-k", False), ("MBG/CNBD-k", True)):
        for params in ([2, "0.7", 8, "0.8", "2.4"], [5, "1.5", 3, "0.2", "0.3"]):
            yield family, params, lambda p, c, t, m=modified: regular(p, *c, t, m), CUSTOMERS[:5]


print("family,parameters,x,t_x,T,t,log_likelihood,alive,expected,at_least_1,at_least_3")
for family, params, model, customers in cases():
    for (x, tx, age), t in zip(customers, HORIZONS):
        mp.dps = 400 if x > 100 else 120
        if "CNBD" in family:
            mp.dps, t = 30, min(mpf(t), 52)
        values = model([mpf(p) for p in params], (x, mpf(tx), mpf(age)), mpf(t))
        print(",".join([family, " ".join(map(str, params)), str(x), str(tx), str(age), str(t)] + [mp.nstr(v, 17) for v in values]), flush=True)
