/**
 * The update rules of autograd_tiny.optim, step for step: SGD with momentum, Adagrad, RMSprop and Adam.
 *
 * ../playground.py gives the options that the page does not set, with the defaults of the classes.
 */

/** For each rule the names of its arrays, each as long as there are parameters. */
const STATE = { sgd: ["momentum_buffer"], adagrad: ["sum"], rmsprop: ["square_avg"], adam: ["exp_avg", "exp_avg_sq"] };

export class Optimizer {
  /**
   * @param {string} rule "sgd", "adagrad", "rmsprop" or "adam"
   * @param {Record<string, number>} options
   * @param {number} size the number of parameters
   */
  constructor(rule, options, size) {
    this.rule = rule;
    this.options = options;
    this.steps = 0;
    this.arrays = STATE[rule].map(() => new Float64Array(size));
  }

  /** Moves the parameters x along their gradient g, by a learning rate. */
  step(x, g, lr) {
    this.steps += 1;
    RULES[this.rule](x, g, lr, this.options, this.arrays, this.steps);
  }

  save() {
    return { steps: this.steps, arrays: this.arrays.map((each) => each.slice()) };
  }

  restore({ steps, arrays }) {
    this.steps = steps;
    this.arrays.forEach((each, k) => each.set(arrays[k]));
  }
}

const RULES = {
  sgd(x, g, lr, { momentum }, [buffer]) {
    if (momentum === 0) {
      for (let k = 0; k < x.length; k++) x[k] -= g[k] * lr;
      return;
    }
    for (let k = 0; k < x.length; k++) {
      buffer[k] = buffer[k] * momentum + g[k];
      x[k] -= buffer[k] * lr;
    }
  },
  adagrad(x, g, lr, { lr_decay: decay, eps }, [sum], t) {
    const rate = lr / (1 + (t - 1) * decay);
    for (let k = 0; k < x.length; k++) {
      sum[k] += g[k] * g[k];
      x[k] -= (g[k] / (Math.sqrt(sum[k]) + eps)) * rate;
    }
  },
  rmsprop(x, g, lr, { alpha, eps }, [square]) {
    for (let k = 0; k < x.length; k++) {
      square[k] = square[k] * alpha + g[k] * g[k] * (1 - alpha);
      x[k] -= (g[k] / (Math.sqrt(square[k]) + eps)) * lr;
    }
  },
  adam(x, g, lr, { beta1, beta2, eps }, [mean, square], t) {
    const root = (1 - beta2 ** t) ** 0.5;
    const rate = lr / (1 - beta1 ** t);
    for (let k = 0; k < x.length; k++) {
      mean[k] = mean[k] * beta1 + g[k] * (1 - beta1);
      square[k] = square[k] * beta2 + g[k] * g[k] * (1 - beta2);
      x[k] -= (mean[k] / (Math.sqrt(square[k]) / root + eps)) * rate;
    }
  },
};
