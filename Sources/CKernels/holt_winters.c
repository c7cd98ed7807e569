#include "CKernels.h"

#include <math.h>

#include "lanes.h"

#define ROW HOLT_WINTERS_LANES

// What steps move, and what they move it by.
typedef struct {
  lanes level, trend, residual, bound, one_step;
} moving;
typedef struct {
  lanes level, trend, damping, residual, seasonal[4], smallest_bound;
  double bound_kept, bound_gain;
} gains;

// Moves everything by an error and by the size of the innovation in it.
__attribute__((always_inline)) static inline void learn(moving *at, const gains *by,
                                                        const lanes *error, const lanes *size,
                                                        double *const state[4],
                                                        const int64_t seasons) {
  const lanes grown = by->bound_kept * at->bound + by->bound_gain * *size;
  at->bound = SELECT(grown > by->smallest_bound, grown, by->smallest_bound);
  const lanes trend = by->damping * at->trend;
  at->level = (at->level + trend) + by->level * *error;
  at->trend = trend + by->trend * *error;
  at->residual = *error;
  for (int64_t k = 0; k < seasons; k++)
    STORE(state[k], LOAD(state[k]) + by->seasonal[k] * *error);
}

// A step that is unknown, or beyond its bound, in some of the lanes.
__attribute__((always_inline)) static inline void unusual_step(moving *at, const gains *by,
                                                               const lanes *value,
                                                               const lanes *difference,
                                                               double *const state[4],
                                                               const int64_t seasons) {
  const lanes zero = {0}, before = at->bound, carried = by->residual * at->residual;
  const lanes surprise = *difference - carried, size = MAGNITUDE(surprise);
  const bits known = *value == *value, beyond = before < size;
  const lanes error = SELECT(beyond, carried + SIGNED(before, surprise), *difference);
  const lanes moved = SELECT(known, error, zero), clipped = SELECT(beyond, before, size);
  learn(at, by, &moved, &clipped, state, seasons);
  at->residual = SELECT(known, error, carried);
  at->bound = SELECT(known, at->bound, before);
  at->one_step += SELECT(known, size, zero);
}

// One value for all lanes, or a row of values, one per lane: `across` is a constant where this is
// called, and so is the number of seasons, for the usual ones.
__attribute__((always_inline)) static inline void pass(const holt_winters_run *of,
                                                       const holt_winters_lanes *lane_of,
                                                       int across, const int64_t seasons,
                                                       int64_t counts[2]) {
  ALIGN_STACK;
  // Copies: a store to a state might else be one to the pointers.
  const holt_winters_run copy = *of, *const run = &copy;
  const holt_winters_lanes rows = *lane_of, *const lane = &rows;
  const lanes zero = {0};
  gains by = {LOAD(lane->level_gain), LOAD(lane->trend_gain), LOAD(lane->damping),
              LOAD(lane->residual_gain)};
  for (int k = 0; k < 4; k++) by.seasonal[k] = LOAD(lane->seasonal_gain + k * ROW);
  by.smallest_bound = LOAD(lane->smallest_bound);
  by.bound_kept = run->bound_kept;
  by.bound_gain = run->bound_gain;
  moving at = {LOAD(lane->level), LOAD(lane->trend), LOAD(lane->residual), LOAD(lane->bound), zero};
  lanes multi_step = zero;
  int64_t one_steps = 0, multi_steps = 0;
  const int64_t furthest = run->horizons > 0 ? run->horizon[run->horizons - 1] : 0;
  // The next origin of the multi-step loss, and the last one.
  int64_t origin = run->warm_up;
  const int64_t last = !across && run->stride > 0 && run->horizons > 0 ? run->count - furthest : -1;
  double *seasonal = lane->seasonal;

  int64_t end = 0;
  for (int64_t begin = 0; begin < run->count; begin = end) {
    end = run->count;
    if (begin < run->warm_up) {
      if (run->warm_up < end) end = run->warm_up;
    } else if (begin == origin && origin <= last) {
      for (int64_t j = 0; j < run->horizons; j++) {
        const int64_t step = begin + run->horizon[j] - 1;
        const double truth = run->values[step];
        if (isnan(truth)) continue;
        lanes sum = zero;
        for (int64_t k = 0; k < seasons; k++)
          sum += LOAD(seasonal + (int64_t)run->states[k][step] * ROW);
        const lanes forecast = (at.level + LOAD(lane->trend_sum + j * ROW) * at.trend) + sum +
                               LOAD(lane->carry + j * ROW) * at.residual;
        multi_step += MAGNITUDE(truth - forecast);
        multi_steps++;
      }
      origin += run->stride;
      if (origin < end) end = origin;
    }
    if (begin <= run->warm_up) {
      at.one_step = zero;
      one_steps = 0;
    }
    for (int64_t t = begin; t < end; t++) {
      lanes value, error;
      double *state[4];
      // Nearly every step: all lanes know the value and expected about that. A loop of their own has
      // registers of its own, and neither waits for what the others need.
      const int64_t first = t;
      for (; t < end; t++) {
        const double one = across ? 0 : run->values[t];
        const lanes every = {one, one, one, one, one, one, one, one};
        value = across ? LOAD(run->values + t * ROW) : every;
        lanes sum = zero;
        for (int64_t k = 0; k < seasons; k++) {
          state[k] = seasonal + (int64_t)run->states[k][t] * ROW;
          sum = k == 0 ? LOAD(state[k]) : sum + LOAD(state[k]);
        }
        error = (value - sum) - at.level;
        const lanes size = MAGNITUDE(error - by.residual * at.residual);
        if (__builtin_expect(!__builtin_reduce_and((bits)(size <= at.bound)), 0)) break;
        learn(&at, &by, &error, &size, state, seasons);
        at.one_step += size;
      }
      one_steps += t - first;
      if (t == end) break;
      unusual_step(&at, &by, &value, &error, state, seasons);
      one_steps += across || !isnan(run->values[t]);
    }
  }
  if (run->count <= run->warm_up) {
    at.one_step = zero;
    one_steps = 0;
  }
  STORE(lane->level, at.level);
  STORE(lane->trend, at.trend);
  STORE(lane->residual, at.residual);
  STORE(lane->bound, at.bound);
  STORE(lane->one_step, at.one_step);
  STORE(lane->multi_step, multi_step);
  counts[0] = one_steps;
  counts[1] = multi_steps;
}

CLONES
void holt_winters_pass(const holt_winters_run *run, const holt_winters_lanes *lane,
                       int64_t counts[2]) {
  switch (run->seasons) {
    case 1: pass(run, lane, 0, 1, counts); break;
    case 2: pass(run, lane, 0, 2, counts); break;
    default: pass(run, lane, 0, run->seasons, counts);
  }
}

CLONES
void holt_winters_across(const holt_winters_run *run, const holt_winters_lanes *lane) {
  int64_t counts[2];
  switch (run->seasons) {
    case 1: pass(run, lane, 1, 1, counts); break;
    case 2: pass(run, lane, 1, 2, counts); break;
    default: pass(run, lane, 1, run->seasons, counts);
  }
}
