/**
 * The rows of the calculus as loops over rows of numbers. calculus/javascript_rows.py says how to read them.
 */
import {
  erf, erfc, erfinv, exp2, fmod, gather, hypot, largest, lgamma, polygamma, pow, product_of, products_of_others, rint,
  room, shares, smallest, sum_of,
} from "./special.js";

// <written: rows> from calculus/operations.py: see tools/written.py
function value_norm_pdf(x) {
  return Math.exp(((-0.5) * x) * x) / 2.5066282746310002;
}
function value_norm_cdf(x) {
  return 0.5 * erfc((-x) * 0.7071067811865476);
}
function value_digamma(x) {
  return polygamma(0, x);
}
function value_sigmoid(x) {
  return x >= 0 ? (1 / (1 + Math.exp(-x))) : (Math.exp(x) / (1 + Math.exp(x)));
}
function value_softplus(x) {
  return x > 0 ? (x + Math.log1p(Math.exp(-x))) : Math.log1p(Math.exp(x));
}
function value_sign(x) {
  return x > 0 ? 1 : (x < 0 ? (-1) : x);
}
function value_round(x) {
  return rint(x);
}
function value_mod(x, y) {
  return fmod(x, y) + ((fmod(x, y) * value_sign(y)) < 0 ? y : 0);
}
function value_maximum(x, y) {
  return x >= y ? x : (y > x ? y : (x + y));
}
function value_minimum(x, y) {
  return x <= y ? x : (y < x ? y : (x + y));
}
function value_clip(x, y, z) {
  return value_minimum(value_maximum(x, y), z);
}

export const ROWS = {
  add: {
    sign: "+",
    operands: ["x", "y"],
    value: "x + y",
    derivatives: ["1", "1"],
    note: "",
    arity: 2,
    flat: [false, false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w, at_y = p[1] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i], y = r[at_y + i];
        r[f + i] = x + y;
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) a[at_x + i] += a[f + i];
      },
      (r, a, p, w, n, f) => {
        const at_y = p[1] * w;
        for (let i = 0; i < n; i++) a[at_y + i] += a[f + i];
      },
    ],
  },
  sub: {
    sign: "-",
    operands: ["x", "y"],
    value: "x - y",
    derivatives: ["1", "-1"],
    note: "",
    arity: 2,
    flat: [false, false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w, at_y = p[1] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i], y = r[at_y + i];
        r[f + i] = x - y;
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) a[at_x + i] += a[f + i];
      },
      (r, a, p, w, n, f) => {
        const at_y = p[1] * w;
        for (let i = 0; i < n; i++) a[at_y + i] -= a[f + i];
      },
    ],
  },
  mul: {
    sign: "*",
    operands: ["x", "y"],
    value: "x * y",
    derivatives: ["y", "x"],
    note: "",
    arity: 2,
    flat: [false, false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w, at_y = p[1] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i], y = r[at_y + i];
        r[f + i] = x * y;
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_y = p[1] * w, at_x = p[0] * w;
        for (let i = 0; i < n; i++) {
          const y = r[at_y + i];
          a[at_x + i] += a[f + i] * y;
        }
      },
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w, at_y = p[1] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i];
          a[at_y + i] += a[f + i] * x;
        }
      },
    ],
  },
  div: {
    sign: "/",
    operands: ["x", "y"],
    value: "x / y",
    derivatives: ["1 / y", "-f / y"],
    note: "",
    arity: 2,
    flat: [false, false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w, at_y = p[1] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i], y = r[at_y + i];
        r[f + i] = x / y;
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_y = p[1] * w, at_x = p[0] * w;
        for (let i = 0; i < n; i++) {
          const y = r[at_y + i];
          a[at_x + i] += a[f + i] * (1 / y);
        }
      },
      (r, a, p, w, n, f) => {
        const at_y = p[1] * w;
        for (let i = 0; i < n; i++) {
          const y = r[at_y + i], value = r[f + i];
          a[at_y + i] += a[f + i] * ((-value) / y);
        }
      },
    ],
  },
  pow: {
    sign: "**",
    operands: ["x", "y"],
    value: "x ** y",
    derivatives: ["where((x < 0) * (where(y > 0, y - 1, -y) >= 9007199254740992), -y, y) * where(y == 0, where(abs(x) > 1e-308, x, 1), x) ** (y - 1)", "f * where(x > 0, log(where(x > 0, x, 1)), where(x == 0, where(y >= 0, 0, -inf), nan))"],
    note: "nan for x < 0 and fractional y; d/dy is 0 at x = 0, y \u2265 0, and inf where f overflows; d/dx for y < \u00bd less precise, as (y - 1)\u00b7log(x)",
    arity: 2,
    flat: [false, false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w, at_y = p[1] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i], y = r[at_y + i];
        r[f + i] = pow(x, y);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w, at_y = p[1] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i], y = r[at_y + i];
          a[at_x + i] += a[f + i] * ((((x < 0 ? 1 : 0) * ((y > 0 ? (y - 1) : (-y)) >= 9007199254740992 ? 1 : 0)) !== 0 ? (-y) : y) * pow((y === 0 ? (Math.abs(x) > 1e-308 ? x : 1) : x), (y - 1)));
        }
      },
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w, at_y = p[1] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i], y = r[at_y + i], value = r[f + i];
          a[at_y + i] += a[f + i] * (value * (x > 0 ? Math.log(x) : (x === 0 ? (y >= 0 ? 0 : (-Infinity)) : NaN)));
        }
      },
    ],
  },
  neg: {
    sign: "neg",
    operands: ["x"],
    value: "-x",
    derivatives: ["-1"],
    note: "",
    arity: 1,
    flat: [false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = -x;
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) a[at_x + i] -= a[f + i];
      },
    ],
  },
  abs: {
    sign: "abs",
    operands: ["x"],
    value: "abs(x)",
    derivatives: ["sign(x)"],
    note: "derivative 0 at 0",
    arity: 1,
    flat: [false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = Math.abs(x);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i];
          a[at_x + i] += a[f + i] * value_sign(x);
        }
      },
    ],
  },
  exp: {
    sign: "exp",
    operands: ["x"],
    value: "exp(x)",
    derivatives: ["f"],
    note: "",
    arity: 1,
    flat: [false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = Math.exp(x);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) {
          const value = r[f + i];
          a[at_x + i] += a[f + i] * value;
        }
      },
    ],
  },
  expm1: {
    sign: "expm1",
    operands: ["x"],
    value: "expm1(x)",
    derivatives: ["exp(x)"],
    note: "",
    arity: 1,
    flat: [false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = Math.expm1(x);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i];
          a[at_x + i] += a[f + i] * Math.exp(x);
        }
      },
    ],
  },
  exp2: {
    sign: "exp2",
    operands: ["x"],
    value: "exp2(x)",
    derivatives: ["where(f == inf, 2 * log(2) * exp2(where(f == inf, x - 1, 0)), log(2) * f)"],
    note: "",
    arity: 1,
    flat: [false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = exp2(x);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i], value = r[f + i];
          a[at_x + i] += a[f + i] * (value === Infinity ? ((2 * 0.6931471805599453) * exp2(x - 1)) : (0.6931471805599453 * value));
        }
      },
    ],
  },
  log: {
    sign: "log",
    operands: ["x"],
    value: "log(x)",
    derivatives: ["1 / x"],
    note: "-inf at 0, nan below",
    arity: 1,
    flat: [false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = Math.log(x);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i];
          a[at_x + i] += a[f + i] * (1 / x);
        }
      },
    ],
  },
  log1p: {
    sign: "log1p",
    operands: ["x"],
    value: "log1p(x)",
    derivatives: ["1 / (1 + x)"],
    note: "-inf at -1, nan below",
    arity: 1,
    flat: [false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = Math.log1p(x);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i];
          a[at_x + i] += a[f + i] * (1 / (1 + x));
        }
      },
    ],
  },
  log2: {
    sign: "log2",
    operands: ["x"],
    value: "log2(x)",
    derivatives: ["1 / log(2) / x"],
    note: "-inf at 0, nan below",
    arity: 1,
    flat: [false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = Math.log2(x);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i];
          a[at_x + i] += a[f + i] * ((1 / 0.6931471805599453) / x);
        }
      },
    ],
  },
  log10: {
    sign: "log10",
    operands: ["x"],
    value: "log10(x)",
    derivatives: ["1 / log(10) / x"],
    note: "-inf at 0, nan below",
    arity: 1,
    flat: [false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = Math.log10(x);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i];
          a[at_x + i] += a[f + i] * ((1 / 2.302585092994046) / x);
        }
      },
    ],
  },
  sqrt: {
    sign: "sqrt",
    operands: ["x"],
    value: "sqrt(x)",
    derivatives: ["0.5 / f"],
    note: "derivative inf at 0, nan below",
    arity: 1,
    flat: [false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = Math.sqrt(x);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) {
          const value = r[f + i];
          a[at_x + i] += a[f + i] * (0.5 / value);
        }
      },
    ],
  },
  cbrt: {
    sign: "cbrt",
    operands: ["x"],
    value: "cbrt(x)",
    derivatives: ["where(x == 0, inf, where(abs(x) == inf, 0, f / where(x == 0, 1, x) / 3))"],
    note: "derivative inf at 0",
    arity: 1,
    flat: [false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = Math.cbrt(x);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i], value = r[f + i];
          a[at_x + i] += a[f + i] * (x === 0 ? Infinity : (Math.abs(x) === Infinity ? 0 : ((value / x) / 3)));
        }
      },
    ],
  },
  sin: {
    sign: "sin",
    operands: ["x"],
    value: "sin(x)",
    derivatives: ["cos(x)"],
    note: "",
    arity: 1,
    flat: [false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = Math.sin(x);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i];
          a[at_x + i] += a[f + i] * Math.cos(x);
        }
      },
    ],
  },
  cos: {
    sign: "cos",
    operands: ["x"],
    value: "cos(x)",
    derivatives: ["-sin(x)"],
    note: "",
    arity: 1,
    flat: [false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = Math.cos(x);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i];
          a[at_x + i] += a[f + i] * (-Math.sin(x));
        }
      },
    ],
  },
  tan: {
    sign: "tan",
    operands: ["x"],
    value: "tan(x)",
    derivatives: ["1 + f * f"],
    note: "",
    arity: 1,
    flat: [false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = Math.tan(x);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) {
          const value = r[f + i];
          a[at_x + i] += a[f + i] * (1 + (value * value));
        }
      },
    ],
  },
  asin: {
    sign: "asin",
    operands: ["x"],
    value: "asin(x)",
    derivatives: ["1 / sqrt(where(abs(x) < 0.5, 1 - x * x, (1 - x) * (1 + x)))"],
    note: "nan outside [-1, 1]",
    arity: 1,
    flat: [false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = Math.asin(x);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i];
          a[at_x + i] += a[f + i] * (1 / Math.sqrt(Math.abs(x) < 0.5 ? (1 - (x * x)) : ((1 - x) * (1 + x))));
        }
      },
    ],
  },
  acos: {
    sign: "acos",
    operands: ["x"],
    value: "acos(x)",
    derivatives: ["-1 / sqrt(where(abs(x) < 0.5, 1 - x * x, (1 - x) * (1 + x)))"],
    note: "nan outside [-1, 1]",
    arity: 1,
    flat: [false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = Math.acos(x);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i];
          a[at_x + i] += a[f + i] * ((-1) / Math.sqrt(Math.abs(x) < 0.5 ? (1 - (x * x)) : ((1 - x) * (1 + x))));
        }
      },
    ],
  },
  atan: {
    sign: "atan",
    operands: ["x"],
    value: "atan(x)",
    derivatives: ["where(abs(x) < 1e9, 1 / (1 + clip(x, -1e9, 1e9) * clip(x, -1e9, 1e9)), 1 / maximum(abs(x), 1) / maximum(abs(x), 1))"],
    note: "",
    arity: 1,
    flat: [false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = Math.atan(x);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i];
          a[at_x + i] += a[f + i] * (Math.abs(x) < 1000000000 ? (1 / (1 + (value_clip(x, -1000000000, 1000000000) * value_clip(x, -1000000000, 1000000000)))) : ((1 / value_maximum(Math.abs(x), 1)) / value_maximum(Math.abs(x), 1)));
        }
      },
    ],
  },
  atan2: {
    sign: "atan2",
    operands: ["x", "y"],
    value: "atan2(x, y)",
    derivatives: ["where(hypot(x, y) == 0, 0, y / hypot(x, y) / hypot(x, y))", "where(hypot(x, y) == 0, 0, -x / hypot(x, y) / hypot(x, y))"],
    note: "the angle of the point (y, x); derivatives 0 at the origin",
    arity: 2,
    flat: [false, false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w, at_y = p[1] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i], y = r[at_y + i];
        r[f + i] = Math.atan2(x, y);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w, at_y = p[1] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i], y = r[at_y + i];
          a[at_x + i] += a[f + i] * (hypot(x, y) === 0 ? 0 : ((y / hypot(x, y)) / hypot(x, y)));
        }
      },
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w, at_y = p[1] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i], y = r[at_y + i];
          a[at_y + i] += a[f + i] * (hypot(x, y) === 0 ? 0 : (((-x) / hypot(x, y)) / hypot(x, y)));
        }
      },
    ],
  },
  sinh: {
    sign: "sinh",
    operands: ["x"],
    value: "sinh(x)",
    derivatives: ["cosh(x)"],
    note: "",
    arity: 1,
    flat: [false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = Math.sinh(x);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i];
          a[at_x + i] += a[f + i] * Math.cosh(x);
        }
      },
    ],
  },
  cosh: {
    sign: "cosh",
    operands: ["x"],
    value: "cosh(x)",
    derivatives: ["sinh(x)"],
    note: "",
    arity: 1,
    flat: [false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = Math.cosh(x);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i];
          a[at_x + i] += a[f + i] * Math.sinh(x);
        }
      },
    ],
  },
  tanh: {
    sign: "tanh",
    operands: ["x"],
    value: "tanh(x)",
    derivatives: ["where(abs(x) < 0.5, 1 - f * f, 4 * sigmoid(2 * x) * sigmoid(-2 * x))"],
    note: "",
    arity: 1,
    flat: [false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = Math.tanh(x);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i], value = r[f + i];
          a[at_x + i] += a[f + i] * (Math.abs(x) < 0.5 ? (1 - (value * value)) : ((4 * value_sigmoid(2 * x)) * value_sigmoid((-2) * x)));
        }
      },
    ],
  },
  asinh: {
    sign: "asinh",
    operands: ["x"],
    value: "asinh(x)",
    derivatives: ["1 / hypot(x, 1)"],
    note: "",
    arity: 1,
    flat: [false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = Math.asinh(x);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i];
          a[at_x + i] += a[f + i] * (1 / hypot(x, 1));
        }
      },
    ],
  },
  acosh: {
    sign: "acosh",
    operands: ["x"],
    value: "acosh(x)",
    derivatives: ["1 / (sqrt(x - 1) * sqrt(x + 1))"],
    note: "nan below 1",
    arity: 1,
    flat: [false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = Math.acosh(x);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i];
          a[at_x + i] += a[f + i] * (1 / (Math.sqrt(x - 1) * Math.sqrt(x + 1)));
        }
      },
    ],
  },
  atanh: {
    sign: "atanh",
    operands: ["x"],
    value: "atanh(x)",
    derivatives: ["1 / where(abs(x) < 0.5, 1 - x * x, (1 - x) * (1 + x))"],
    note: "\u00b1inf at \u00b11, nan outside",
    arity: 1,
    flat: [false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = Math.atanh(x);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i];
          a[at_x + i] += a[f + i] * (1 / (Math.abs(x) < 0.5 ? (1 - (x * x)) : ((1 - x) * (1 + x))));
        }
      },
    ],
  },
  hypot: {
    sign: "hypot",
    operands: ["x", "y"],
    value: "hypot(x, y)",
    derivatives: ["where(abs(x) > abs(y), sign(x) * sqrt(maximum(1 - y / f * (y / f), 0.25)), x / f)", "where(abs(y) > abs(x), sign(y) * sqrt(maximum(1 - x / f * (x / f), 0.25)), y / f)"],
    note: "derivatives nan at the origin",
    arity: 2,
    flat: [false, false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w, at_y = p[1] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i], y = r[at_y + i];
        r[f + i] = hypot(x, y);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w, at_y = p[1] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i], y = r[at_y + i], value = r[f + i];
          a[at_x + i] += a[f + i] * (Math.abs(x) > Math.abs(y) ? (value_sign(x) * Math.sqrt(value_maximum(1 - ((y / value) * (y / value)), 0.25))) : (x / value));
        }
      },
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w, at_y = p[1] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i], y = r[at_y + i], value = r[f + i];
          a[at_y + i] += a[f + i] * (Math.abs(y) > Math.abs(x) ? (value_sign(y) * Math.sqrt(value_maximum(1 - ((x / value) * (x / value)), 0.25))) : (y / value));
        }
      },
    ],
  },
  erf: {
    sign: "erf",
    operands: ["x"],
    value: "erf(x)",
    derivatives: ["2 / sqrt(pi) * exp(-x * x)"],
    note: "far from 0 the derivative is relatively less precise, as x\u00b2",
    arity: 1,
    flat: [false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = erf(x);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i];
          a[at_x + i] += a[f + i] * ((2 / 1.7724538509055159) * Math.exp((-x) * x));
        }
      },
    ],
  },
  erfc: {
    sign: "erfc",
    operands: ["x"],
    value: "erfc(x)",
    derivatives: ["-2 / sqrt(pi) * exp(-x * x)"],
    note: "far from 0 the derivative is relatively less precise, as x\u00b2",
    arity: 1,
    flat: [false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = erfc(x);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i];
          a[at_x + i] += a[f + i] * (((-2) / 1.7724538509055159) * Math.exp((-x) * x));
        }
      },
    ],
  },
  norm_pdf: {
    sign: "norm_pdf",
    operands: ["x"],
    value: "exp(-0.5 * x * x) / sqrt(2 * pi)",
    derivatives: ["where(f == 0, 0, -x) * f"],
    note: "far from 0 relatively less precise, as x\u00b2",
    arity: 1,
    flat: [false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = Math.exp(((-0.5) * x) * x) / 2.5066282746310002;
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i], value = r[f + i];
          a[at_x + i] += a[f + i] * ((value === 0 ? 0 : (-x)) * value);
        }
      },
    ],
  },
  norm_cdf: {
    sign: "norm_cdf",
    operands: ["x"],
    value: "0.5 * erfc(-x * sqrt(0.5))",
    derivatives: ["norm_pdf(x)"],
    note: "far from 0 relatively less precise, as x\u00b2; 0 below -38.5, where its logarithm is -inf",
    arity: 1,
    flat: [false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = 0.5 * erfc((-x) * 0.7071067811865476);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i];
          a[at_x + i] += a[f + i] * value_norm_pdf(x);
        }
      },
    ],
  },
  erfinv: {
    sign: "erfinv",
    operands: ["x"],
    value: "erfinv(x)",
    derivatives: ["sqrt(pi) / 2 * exp(f * f)"],
    note: "\u00b1inf at \u00b11, nan outside; next to \u00b11 the derivative is relatively less precise, as f\u00b2",
    arity: 1,
    flat: [false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = erfinv(x);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) {
          const value = r[f + i];
          a[at_x + i] += a[f + i] * ((1.7724538509055159 / 2) * Math.exp(value * value));
        }
      },
    ],
  },
  lgamma: {
    sign: "lgamma",
    operands: ["x"],
    value: "lgamma(x)",
    derivatives: ["digamma(x)"],
    note: "inf at 0, -1, -2, \u2026; near its zeros an absolute error of 1e-15",
    arity: 1,
    flat: [false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = lgamma(x);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i];
          a[at_x + i] += a[f + i] * value_digamma(x);
        }
      },
    ],
  },
  digamma: {
    sign: "digamma",
    operands: ["x"],
    value: "polygamma(0, x)",
    derivatives: ["polygamma(1, x)"],
    note: "nan at -1, -2, \u2026; near its zeros an absolute error of 1e-15",
    arity: 1,
    flat: [false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = polygamma(0, x);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i];
          a[at_x + i] += a[f + i] * polygamma(1, x);
        }
      },
    ],
  },
  polygamma: {
    sign: "polygamma",
    operands: ["x", "y"],
    value: "polygamma(x, y)",
    derivatives: ["nan", "polygamma(x + 1, y)"],
    note: "x: the order, up to 170, by which there is no derivative; within n + 8 ulp, below 0 relative to its terms",
    arity: 2,
    flat: [false, false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w, at_y = p[1] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i], y = r[at_y + i];
        r[f + i] = polygamma(x, y);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) a[at_x + i] += a[f + i] * NaN;
      },
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w, at_y = p[1] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i], y = r[at_y + i];
          a[at_y + i] += a[f + i] * polygamma(x + 1, y);
        }
      },
    ],
  },
  sigmoid: {
    sign: "sigmoid",
    operands: ["x"],
    value: "where(x >= 0, 1 / (1 + exp(-x)), exp(x) / (1 + exp(x)))",
    derivatives: ["where(abs(x) < 0.125, 0.5 / (1 + cosh(where(abs(x) < 0.125, x, 0))), where(x > 0, f * sigmoid(-x), f * (1 - f)))"],
    note: "",
    arity: 1,
    flat: [false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = x >= 0 ? (1 / (1 + Math.exp(-x))) : (Math.exp(x) / (1 + Math.exp(x)));
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i], value = r[f + i];
          a[at_x + i] += a[f + i] * (Math.abs(x) < 0.125 ? (0.5 / (1 + Math.cosh(x))) : (x > 0 ? (value * value_sigmoid(-x)) : (value * (1 - value))));
        }
      },
    ],
  },
  log_sigmoid: {
    sign: "log_sigmoid",
    operands: ["x"],
    value: "where(x > 0, -log1p(exp(-x)), x - log1p(exp(x)))",
    derivatives: ["sigmoid(-x)"],
    note: "",
    arity: 1,
    flat: [false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = x > 0 ? (-Math.log1p(Math.exp(-x))) : (x - Math.log1p(Math.exp(x)));
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i];
          a[at_x + i] += a[f + i] * value_sigmoid(-x);
        }
      },
    ],
  },
  relu: {
    sign: "relu",
    operands: ["x"],
    value: "where(x <= 0, 0, x)",
    derivatives: ["where(x <= 0, 0, 1)"],
    note: "derivative 0 at 0",
    arity: 1,
    flat: [false],
    selects: true,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = x <= 0 ? 0 : x;
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i];
          const local = x <= 0 ? 0 : 1;
          if (local !== 0) a[at_x + i] += a[f + i] * local;
        }
      },
    ],
  },
  leaky_relu: {
    sign: "leaky_relu",
    operands: ["x", "y"],
    value: "where(x > 0, x, y * x)",
    derivatives: ["where(x > 0, 1, y)", "where(x > 0, 0, x)"],
    note: "y: the derivative below 0, by default 0.01; derivative y at 0",
    arity: 2,
    flat: [false, false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w, at_y = p[1] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i], y = r[at_y + i];
        r[f + i] = x > 0 ? x : (y * x);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w, at_y = p[1] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i], y = r[at_y + i];
          a[at_x + i] += a[f + i] * (x > 0 ? 1 : y);
        }
      },
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w, at_y = p[1] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i];
          a[at_y + i] += a[f + i] * (x > 0 ? 0 : x);
        }
      },
    ],
  },
  elu: {
    sign: "elu",
    operands: ["x", "y"],
    value: "where(x > 0, x, y * expm1(x))",
    derivatives: ["where(x > 0, 1, y * exp(where(x > 0, 0, x)))", "where(x > 0, 0, expm1(where(x > 0, 0, x)))"],
    note: "y: minus the limit at -inf, by default 1; derivative y at 0",
    arity: 2,
    flat: [false, false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w, at_y = p[1] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i], y = r[at_y + i];
        r[f + i] = x > 0 ? x : (y * Math.expm1(x));
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w, at_y = p[1] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i], y = r[at_y + i];
          a[at_x + i] += a[f + i] * (x > 0 ? 1 : (y * Math.exp(x)));
        }
      },
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w, at_y = p[1] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i];
          a[at_y + i] += a[f + i] * (x > 0 ? 0 : Math.expm1(x));
        }
      },
    ],
  },
  softplus: {
    sign: "softplus",
    operands: ["x"],
    value: "where(x > 0, x + log1p(exp(-x)), log1p(exp(x)))",
    derivatives: ["sigmoid(x)"],
    note: "",
    arity: 1,
    flat: [false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = x > 0 ? (x + Math.log1p(Math.exp(-x))) : Math.log1p(Math.exp(x));
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i];
          a[at_x + i] += a[f + i] * value_sigmoid(x);
        }
      },
    ],
  },
  silu: {
    sign: "silu",
    operands: ["x"],
    value: "where(x == -inf, 0, x) * sigmoid(x)",
    derivatives: ["where(abs(x) < 0.125, sigmoid(x) + x * (0.5 / (1 + cosh(where(abs(x) < 0.125, x, 0)))), sigmoid(x) * (1 + where(abs(x) == inf, 0, x) * sigmoid(-x)))"],
    note: "below -708 less precise, and -0 below -745.13, as sigmoid(x) is denormal there, and then 0",
    arity: 1,
    flat: [false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = (x === (-Infinity) ? 0 : x) * value_sigmoid(x);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i];
          a[at_x + i] += a[f + i] * (Math.abs(x) < 0.125 ? (value_sigmoid(x) + (x * (0.5 / (1 + Math.cosh(x))))) : (value_sigmoid(x) * (1 + ((Math.abs(x) === Infinity ? 0 : x) * value_sigmoid(-x)))));
        }
      },
    ],
  },
  mish: {
    sign: "mish",
    operands: ["x"],
    value: "where(x == -inf, 0, x) * tanh(softplus(x))",
    derivatives: ["tanh(softplus(x)) + where(abs(x) == inf, 0, x) * sigmoid(x) * (4 * sigmoid(2 * softplus(x)) * sigmoid(-2 * softplus(x)))"],
    note: "below -708 less precise, and -0 below -745.13, as softplus(x) is denormal there, and then 0",
    arity: 1,
    flat: [false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = (x === (-Infinity) ? 0 : x) * Math.tanh(value_softplus(x));
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i];
          a[at_x + i] += a[f + i] * (Math.tanh(value_softplus(x)) + (((Math.abs(x) === Infinity ? 0 : x) * value_sigmoid(x)) * ((4 * value_sigmoid(2 * value_softplus(x))) * value_sigmoid((-2) * value_softplus(x)))));
        }
      },
    ],
  },
  gelu: {
    sign: "gelu",
    operands: ["x"],
    value: "where(x == -inf, 0, x) * norm_cdf(x)",
    derivatives: ["norm_cdf(x) + where(abs(x) > 40, 0, x) * norm_pdf(x)"],
    note: "exact, not the tanh approximation; far below 0 relatively less precise, as x\u00b2",
    arity: 1,
    flat: [false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = (x === (-Infinity) ? 0 : x) * value_norm_cdf(x);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i];
          a[at_x + i] += a[f + i] * (value_norm_cdf(x) + ((Math.abs(x) > 40 ? 0 : x) * value_norm_pdf(x)));
        }
      },
    ],
  },
  sign: {
    sign: "sign",
    operands: ["x"],
    value: "where(x > 0, 1, where(x < 0, -1, x))",
    derivatives: ["0"],
    note: "",
    arity: 1,
    flat: [true],
    selects: true,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = x > 0 ? 1 : (x < 0 ? (-1) : x);
      }
    },
    reverse: [
      null,
    ],
  },
  floor: {
    sign: "floor",
    operands: ["x"],
    value: "floor(x)",
    derivatives: ["0"],
    note: "",
    arity: 1,
    flat: [true],
    selects: true,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = Math.floor(x);
      }
    },
    reverse: [
      null,
    ],
  },
  ceil: {
    sign: "ceil",
    operands: ["x"],
    value: "ceil(x)",
    derivatives: ["0"],
    note: "",
    arity: 1,
    flat: [true],
    selects: true,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = Math.ceil(x);
      }
    },
    reverse: [
      null,
    ],
  },
  trunc: {
    sign: "trunc",
    operands: ["x"],
    value: "trunc(x)",
    derivatives: ["0"],
    note: "",
    arity: 1,
    flat: [true],
    selects: true,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = Math.trunc(x);
      }
    },
    reverse: [
      null,
    ],
  },
  round: {
    sign: "round",
    operands: ["x"],
    value: "rint(x)",
    derivatives: ["0"],
    note: "",
    arity: 1,
    flat: [true],
    selects: true,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i];
        r[f + i] = rint(x);
      }
    },
    reverse: [
      null,
    ],
  },
  mod: {
    sign: "%",
    operands: ["x", "y"],
    value: "fmod(x, y) + where(fmod(x, y) * sign(y) < 0, y, 0)",
    derivatives: ["1", "-round((x - f) / y)"],
    note: "nan for y = 0; derivatives those beside the jumps",
    arity: 2,
    flat: [false, false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w, at_y = p[1] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i], y = r[at_y + i];
        r[f + i] = fmod(x, y) + ((fmod(x, y) * value_sign(y)) < 0 ? y : 0);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) a[at_x + i] += a[f + i];
      },
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w, at_y = p[1] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i], y = r[at_y + i], value = r[f + i];
          a[at_y + i] += a[f + i] * (-value_round((x - value) / y));
        }
      },
    ],
  },
  fmod: {
    sign: "fmod",
    operands: ["x", "y"],
    value: "fmod(x, y)",
    derivatives: ["1", "-round((x - f) / y)"],
    note: "nan for y = 0; derivatives those beside the jumps",
    arity: 2,
    flat: [false, false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w, at_y = p[1] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i], y = r[at_y + i];
        r[f + i] = fmod(x, y);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w;
        for (let i = 0; i < n; i++) a[at_x + i] += a[f + i];
      },
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w, at_y = p[1] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i], y = r[at_y + i], value = r[f + i];
          a[at_y + i] += a[f + i] * (-value_round((x - value) / y));
        }
      },
    ],
  },
  floor_divide: {
    sign: "//",
    operands: ["x", "y"],
    value: "where(y == 0, x / y, where(abs(y) == inf, 0 * x - (x * y < 0), rint((x - mod(x, y)) / y)))",
    derivatives: ["0", "0"],
    note: "",
    arity: 2,
    flat: [true, true],
    selects: true,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w, at_y = p[1] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i], y = r[at_y + i];
        r[f + i] = y === 0 ? (x / y) : (Math.abs(y) === Infinity ? ((0 * x) - ((x * y) < 0 ? 1 : 0)) : rint((x - value_mod(x, y)) / y));
      }
    },
    reverse: [
      null,
      null,
    ],
  },
  maximum: {
    sign: "max",
    operands: ["x", "y"],
    value: "where(x >= y, x, where(y > x, y, x + y))",
    derivatives: ["where(x == y, 0.5, where(x < y, 0, 1))", "where(x == y, 0.5, where(x > y, 0, 1))"],
    note: "half each at a tie; nan if either is nan",
    arity: 2,
    flat: [false, false],
    selects: true,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w, at_y = p[1] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i], y = r[at_y + i];
        r[f + i] = x >= y ? x : (y > x ? y : (x + y));
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w, at_y = p[1] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i], y = r[at_y + i];
          const local = x === y ? 0.5 : (x < y ? 0 : 1);
          if (local !== 0) a[at_x + i] += a[f + i] * local;
        }
      },
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w, at_y = p[1] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i], y = r[at_y + i];
          const local = x === y ? 0.5 : (x > y ? 0 : 1);
          if (local !== 0) a[at_y + i] += a[f + i] * local;
        }
      },
    ],
  },
  minimum: {
    sign: "min",
    operands: ["x", "y"],
    value: "where(x <= y, x, where(y < x, y, x + y))",
    derivatives: ["where(x == y, 0.5, where(x > y, 0, 1))", "where(x == y, 0.5, where(x < y, 0, 1))"],
    note: "half each at a tie; nan if either is nan",
    arity: 2,
    flat: [false, false],
    selects: true,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w, at_y = p[1] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i], y = r[at_y + i];
        r[f + i] = x <= y ? x : (y < x ? y : (x + y));
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w, at_y = p[1] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i], y = r[at_y + i];
          const local = x === y ? 0.5 : (x > y ? 0 : 1);
          if (local !== 0) a[at_x + i] += a[f + i] * local;
        }
      },
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w, at_y = p[1] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i], y = r[at_y + i];
          const local = x === y ? 0.5 : (x < y ? 0 : 1);
          if (local !== 0) a[at_y + i] += a[f + i] * local;
        }
      },
    ],
  },
  greater: {
    sign: ">",
    operands: ["x", "y"],
    value: "x > y",
    derivatives: ["0", "0"],
    note: "1 or 0",
    arity: 2,
    flat: [true, true],
    selects: true,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w, at_y = p[1] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i], y = r[at_y + i];
        r[f + i] = x > y ? 1 : 0;
      }
    },
    reverse: [
      null,
      null,
    ],
  },
  greater_equal: {
    sign: ">=",
    operands: ["x", "y"],
    value: "x >= y",
    derivatives: ["0", "0"],
    note: "1 or 0",
    arity: 2,
    flat: [true, true],
    selects: true,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w, at_y = p[1] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i], y = r[at_y + i];
        r[f + i] = x >= y ? 1 : 0;
      }
    },
    reverse: [
      null,
      null,
    ],
  },
  less: {
    sign: "<",
    operands: ["x", "y"],
    value: "x < y",
    derivatives: ["0", "0"],
    note: "1 or 0",
    arity: 2,
    flat: [true, true],
    selects: true,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w, at_y = p[1] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i], y = r[at_y + i];
        r[f + i] = x < y ? 1 : 0;
      }
    },
    reverse: [
      null,
      null,
    ],
  },
  less_equal: {
    sign: "<=",
    operands: ["x", "y"],
    value: "x <= y",
    derivatives: ["0", "0"],
    note: "1 or 0",
    arity: 2,
    flat: [true, true],
    selects: true,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w, at_y = p[1] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i], y = r[at_y + i];
        r[f + i] = x <= y ? 1 : 0;
      }
    },
    reverse: [
      null,
      null,
    ],
  },
  equal: {
    sign: "==",
    operands: ["x", "y"],
    value: "x == y",
    derivatives: ["0", "0"],
    note: "1 or 0",
    arity: 2,
    flat: [true, true],
    selects: true,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w, at_y = p[1] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i], y = r[at_y + i];
        r[f + i] = x === y ? 1 : 0;
      }
    },
    reverse: [
      null,
      null,
    ],
  },
  where: {
    sign: "where",
    operands: ["x", "y", "z"],
    value: "where(x, y, z)",
    derivatives: ["0", "where(x, 1, 0)", "where(x, 0, 1)"],
    note: "y where x is not 0, else z; a nan derivative in the other branch still gives nan (0 * nan)",
    arity: 3,
    flat: [true, false, false],
    selects: true,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w, at_y = p[1] * w, at_z = p[2] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i], y = r[at_y + i], z = r[at_z + i];
        r[f + i] = x !== 0 ? y : z;
      }
    },
    reverse: [
      null,
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w, at_y = p[1] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i];
          const local = x !== 0 ? 1 : 0;
          if (local !== 0) a[at_y + i] += a[f + i] * local;
        }
      },
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w, at_z = p[2] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i];
          const local = x !== 0 ? 0 : 1;
          if (local !== 0) a[at_z + i] += a[f + i] * local;
        }
      },
    ],
  },
  clip: {
    sign: "clip",
    operands: ["x", "y", "z"],
    value: "minimum(maximum(x, y), z)",
    derivatives: ["(x >= y) * (x <= z)", "(x < y) * (y < z)", "(x > z) + (x <= z) * (z < y)"],
    note: "x between y and z; derivative 1 at the bounds",
    arity: 3,
    flat: [false, false, false],
    selects: true,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w, at_y = p[1] * w, at_z = p[2] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i], y = r[at_y + i], z = r[at_z + i];
        r[f + i] = value_minimum(value_maximum(x, y), z);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w, at_y = p[1] * w, at_z = p[2] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i], y = r[at_y + i], z = r[at_z + i];
          const local = (x >= y ? 1 : 0) * (x <= z ? 1 : 0);
          if (local !== 0) a[at_x + i] += a[f + i] * local;
        }
      },
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w, at_y = p[1] * w, at_z = p[2] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i], y = r[at_y + i], z = r[at_z + i];
          const local = (x < y ? 1 : 0) * (y < z ? 1 : 0);
          if (local !== 0) a[at_y + i] += a[f + i] * local;
        }
      },
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w, at_y = p[1] * w, at_z = p[2] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i], y = r[at_y + i], z = r[at_z + i];
          const local = (x > z ? 1 : 0) + ((x <= z ? 1 : 0) * (z < y ? 1 : 0));
          if (local !== 0) a[at_z + i] += a[f + i] * local;
        }
      },
    ],
  },
  xlogy: {
    sign: "xlogy",
    operands: ["x", "y"],
    value: "where(x == 0, where(y != y, y, 0), x * log(y))",
    derivatives: ["log(where((x == 0) * (y <= 0), 1, y))", "x / where((x == 0) * (y == 0), 1, y)"],
    note: "0 at x = 0, also for y = 0; the derivatives are 0 there",
    arity: 2,
    flat: [false, false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w, at_y = p[1] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i], y = r[at_y + i];
        r[f + i] = x === 0 ? (y !== y ? y : 0) : (x * Math.log(y));
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w, at_y = p[1] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i], y = r[at_y + i];
          a[at_x + i] += a[f + i] * Math.log(((x === 0 ? 1 : 0) * (y <= 0 ? 1 : 0)) !== 0 ? 1 : y);
        }
      },
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w, at_y = p[1] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i], y = r[at_y + i];
          a[at_y + i] += a[f + i] * (x / (((x === 0 ? 1 : 0) * (y === 0 ? 1 : 0)) !== 0 ? 1 : y));
        }
      },
    ],
  },
  logaddexp: {
    sign: "logaddexp",
    operands: ["x", "y"],
    value: "where(x == y, x + log(2), maximum(x, y) + log1p(exp(-abs(x - y))))",
    derivatives: ["where(f == -inf, 0, sigmoid(x - y))", "where(f == -inf, 0, sigmoid(y - x))"],
    note: "near 0 an absolute error of 2e-16; derivatives 0 where both are -inf, nan where both are inf",
    arity: 2,
    flat: [false, false],
    selects: false,
    forward(r, p, w, n, f) {
      const at_x = p[0] * w, at_y = p[1] * w;
      for (let i = 0; i < n; i++) {
        const x = r[at_x + i], y = r[at_y + i];
        r[f + i] = x === y ? (x + 0.6931471805599453) : (value_maximum(x, y) + Math.log1p(Math.exp(-Math.abs(x - y))));
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w, at_y = p[1] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i], y = r[at_y + i], value = r[f + i];
          a[at_x + i] += a[f + i] * (value === (-Infinity) ? 0 : value_sigmoid(x - y));
        }
      },
      (r, a, p, w, n, f) => {
        const at_x = p[0] * w, at_y = p[1] * w;
        for (let i = 0; i < n; i++) {
          const x = r[at_x + i], y = r[at_y + i], value = r[f + i];
          a[at_y + i] += a[f + i] * (value === (-Infinity) ? 0 : value_sigmoid(y - x));
        }
      },
    ],
  },
  sum: {
    sign: "sum",
    operands: ["xs"],
    value: "sum(xs)",
    derivatives: ["[1 for x in xs]"],
    note: "precise relative to the sum of all |x|",
    arity: 0,
    flat: [false],
    selects: false,
  },
  mean: {
    sign: "mean",
    operands: ["xs"],
    value: "sum(xs) / len(xs)",
    derivatives: ["[1 / len(xs) for x in xs]"],
    note: "precise relative to the mean of all |x|",
    arity: 0,
    flat: [false],
    selects: false,
  },
  prod: {
    sign: "prod",
    operands: ["xs"],
    value: "prod(xs)",
    derivatives: ["products_of_others(xs)"],
    note: "of n factors within n ulp",
    arity: 0,
    flat: [false],
    selects: false,
    forward(r, p, w, n, f) {
      const size = p.length;
      const [xs] = room(size);
      for (let i = 0; i < n; i++) {
        gather(xs, r, p, w, i);
        r[f + i] = product_of(xs, size);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const size = p.length;
        const [xs, out] = room(size);
        for (let i = 0; i < n; i++) {
          gather(xs, r, p, w, i);
          products_of_others(xs, size, out);
          for (let k = 0; k < size; k++) a[p[k] * w + i] += a[f + i] * out[k];
        }
      },
    ],
  },
  max: {
    sign: "max",
    operands: ["xs"],
    value: "max(xs)",
    derivatives: ["shares([(x == f) + (x != x) for x in xs])"],
    note: "shared equally at a tie; nan if any is nan",
    arity: 0,
    flat: [false],
    selects: true,
    forward(r, p, w, n, f) {
      const size = p.length;
      const [xs] = room(size);
      for (let i = 0; i < n; i++) {
        gather(xs, r, p, w, i);
        r[f + i] = largest(xs, size);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const size = p.length;
        const [xs, list1, out] = room(size);
        for (let i = 0; i < n; i++) {
          gather(xs, r, p, w, i);
          const value = r[f + i];
          for (let k = 0; k < size; k++) { const x = xs[k]; list1[k] = ((x === value ? 1 : 0) + (x !== x ? 1 : 0)); }
          shares(list1, size, out);
          for (let k = 0; k < size; k++) if (out[k] !== 0) a[p[k] * w + i] += a[f + i] * out[k];
        }
      },
    ],
  },
  min: {
    sign: "min",
    operands: ["xs"],
    value: "min(xs)",
    derivatives: ["shares([(x == f) + (x != x) for x in xs])"],
    note: "shared equally at a tie; nan if any is nan",
    arity: 0,
    flat: [false],
    selects: true,
    forward(r, p, w, n, f) {
      const size = p.length;
      const [xs] = room(size);
      for (let i = 0; i < n; i++) {
        gather(xs, r, p, w, i);
        r[f + i] = smallest(xs, size);
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const size = p.length;
        const [xs, list1, out] = room(size);
        for (let i = 0; i < n; i++) {
          gather(xs, r, p, w, i);
          const value = r[f + i];
          for (let k = 0; k < size; k++) { const x = xs[k]; list1[k] = ((x === value ? 1 : 0) + (x !== x ? 1 : 0)); }
          shares(list1, size, out);
          for (let k = 0; k < size; k++) if (out[k] !== 0) a[p[k] * w + i] += a[f + i] * out[k];
        }
      },
    ],
  },
  dot: {
    sign: "dot",
    operands: ["xs", "ys", "bias"],
    value: "sum([x * y for x, y in zip(xs, ys)]) + sum(bias)",
    derivatives: ["ys", "xs", "[1 for b in bias]"],
    note: "the bias may be left out",
    arity: 0,
    flat: [false, false, false],
    selects: false,
  },
  logsumexp: {
    sign: "logsumexp",
    operands: ["xs"],
    value: "where(abs(max(xs)) == inf, max(xs), max(xs) + log(sum([exp(x - m) for m in [max(xs)] for x in xs])))",
    derivatives: ["shares([exp(x - m) for m in [where(abs(max(xs)) == inf, 0, max(xs))] for x in xs])"],
    note: "near 0 an absolute error of 2e-16; derivatives 0 where all are -inf, nan for x = inf",
    arity: 0,
    flat: [false],
    selects: false,
    forward(r, p, w, n, f) {
      const size = p.length;
      const [xs, list1] = room(size);
      for (let i = 0; i < n; i++) {
        gather(xs, r, p, w, i);
        const m = largest(xs, size);
        for (let k = 0; k < size; k++) { const x = xs[k]; list1[k] = Math.exp(x - m); }
        r[f + i] = Math.abs(largest(xs, size)) === Infinity ? largest(xs, size) : (largest(xs, size) + Math.log(sum_of(list1, size)));
      }
    },
    reverse: [
      (r, a, p, w, n, f) => {
        const size = p.length;
        const [xs, list1, out] = room(size);
        for (let i = 0; i < n; i++) {
          gather(xs, r, p, w, i);
          const m = (Math.abs(largest(xs, size)) === Infinity ? 0 : largest(xs, size));
          for (let k = 0; k < size; k++) { const x = xs[k]; list1[k] = Math.exp(x - m); }
          shares(list1, size, out);
          for (let k = 0; k < size; k++) a[p[k] * w + i] += a[f + i] * out[k];
        }
      },
    ],
  },
  take: {
    sign: "take",
    operands: ["xs", "index"],
    value: "item(xs, index)",
    derivatives: ["one_hot(xs, index)", "[0 for i in index]"],
    note: "the x at an integer index, counted from 0, or from the end if it is negative; an error for any other",
    arity: 0,
    flat: [false, true],
    selects: true,
  },
};
// </written: rows>
