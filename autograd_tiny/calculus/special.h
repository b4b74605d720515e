/* The functions of special.py in C, step by step the same. */
#ifndef AUTOGRAD_TINY_SPECIAL_H
#define AUTOGRAD_TINY_SPECIAL_H

#include <math.h>

static const double BERNOULLI[10] = {
    1.0 / 6, -1.0 / 30, 1.0 / 42, -1.0 / 30, 5.0 / 66, -691.0 / 2730, 7.0 / 6, -3617.0 / 510, 43867.0 / 798,
    -174611.0 / 330,
};

static double polygamma_right(double order, double x) {
    double skipped = 0.0, series = 0.0;
    while (x < 12.0 + order) {
        double power = 1.0 / x;
        for (int i = 0; i < (int)order; i++) power /= x;
        skipped += power;
        x += 1.0;
    }
    double coefficient = (order > 0.0 ? order * (order + 1.0) : 1.0) / 2.0 / x / x;
    for (int i = 0; i < 10; i++) {
        series += BERNOULLI[i] * coefficient;
        double k = 2.0 * (i + 1);
        coefficient *= (k + order) * (k + order + 1.0) / ((k + 1.0) * (k + 2.0)) / x / x;
    }
    if (order == 0.0) return log(x) - 0.5 / x - series - skipped;
    double factorial = 1.0, first = 1.0 / x;
    for (int i = 1; i < (int)order; i++) {
        factorial *= i;
        first *= i / x;
    }
    double total = factorial * order * skipped + first * (1.0 + order / 2.0 / x + series);
    return fmod(order, 2.0) == 1.0 ? total : -total;
}

static double polygamma(double order, double x) {
    if (!(0.0 <= order && order <= 170.0) || order != floor(order) || x == -INFINITY || x != x) return NAN;
    if (x == INFINITY) return order == 0.0 ? INFINITY : 0.0;
    int is_odd = fmod(order, 2.0) == 1.0;
    if (x <= 0.0 && x == floor(x)) {
        if (is_odd) return INFINITY;
        return x == 0.0 ? copysign(INFINITY, -x) : NAN;
    }
    if (x >= -0.5) return polygamma_right(order, x);
    double distance = x - rint(x);
    double reflected = polygamma_right(order, 1.0 - x) - polygamma_right(order, 1.0 - distance);
    return polygamma_right(order, distance) + (is_odd ? -reflected : reflected);
}

static double erfinv(double x) {
    double distance = 1.0 - fabs(x);
    if (!(distance > 0.0)) return distance == 0.0 ? copysign(INFINITY, x) : NAN;
    double logarithm = log(distance) + log(1.0 + fabs(x));
    double half = 2.0 / (3.141592653589793 * 0.147) + logarithm / 2.0;
    double z = sqrt(sqrt(half * half - logarithm / 0.147) - half);
    if (fabs(x) < 1e-8) z = fabs(x) * (sqrt(3.141592653589793) / 2.0);
    for (int i = 0; i < 3; i++) {
        double error = z < 0.5 ? erf(z) - fabs(x) : distance - erfc(z);
        double step = error / (2.0 / sqrt(3.141592653589793) * exp(-z * z));
        z -= step / (1.0 + z * step);
    }
    return copysign(z, x);
}

#endif
