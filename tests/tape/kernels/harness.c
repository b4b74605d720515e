/* The kernels as a program, for processors that this machine does not have: test_targets.py runs it in an emulator.

   Reads a plan and numbers, writes what the kernels make of them. Everything is 8 bytes wide but the places. */
#include <stdio.h>
#include "batches.h"
#include "functions.h"

static void *received(int64_t count, size_t size) {
    void *found = calloc((size_t)count + 1, size);
    if (!found || fread(found, size, (size_t)count, stdin) != (size_t)count) exit(1);
    return found;
}

static number *room(int64_t count) {
    number *found = calloc((size_t)count + 1, sizeof(number));
    if (!found) exit(1);
    return found;
}

static void send(const number *numbers, int64_t count) {
    if (fwrite(numbers, sizeof(number), (size_t)count, stdout) != (size_t)count) exit(1);
}

int main(void) {
    const int64_t *sizes = received(12, 8);
    const int64_t once = sizes[0], groups = sizes[1], scalars = sizes[8], B = sizes[9], W = sizes[10];
    plan p = {.onces = once, .samples = groups - once, .copies = sizes[3], .results = sizes[4]};
    p.inputs = sizes[5], p.rows = sizes[6], p.scratch = sizes[7];
    p.once = received(groups, sizeof(group));
    p.sample = p.once + once;
    p.places = received(sizes[2], 4), p.copied = received(sizes[3], 4), p.outputs = received(sizes[4], 4);
    number *s = received(scalars, 8), *x = received(B * p.inputs, 8), *weights = received(B, 8);
    number *work = room(2 * p.rows * W + p.scratch), *of_s = room(scalars);
    number *out = room(B * p.results), *changes = room(B * p.results), *gradients = room(B * p.inputs);

    fault wrong = {-1, 0, 0};
    prepare(&p, s, work, &wrong);
    send(s, scalars);
    values(&p, s, x, B, out, W, work, &wrong);
    send(out, B * p.results);
    const number total = adjoints(&p, s, x, B, weights, 0.0, of_s, W, work, &wrong);
    finish(&p, s, of_s, work);
    send(&total, 1);
    send(of_s, scalars);
    input_adjoints(&p, s, x, B, out, gradients, W, work, &wrong);
    send(out, B);
    send(gradients, B * p.inputs);
    tangents(&p, s, x, x, B, out, changes, W, work, &wrong);
    send(out, B * p.results);
    send(changes, B * p.results);
    return 0;
}
