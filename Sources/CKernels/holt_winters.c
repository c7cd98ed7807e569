#include "CKernels.h"

#include <math.h>

#include "lanes.h"

#define ROW HOLT_WINTERS_LANES

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
  const lanes level_gain = LOAD(lane->level_gain), trend_gain = LOAD(lane->trend_gain);
  const lanes damping = LOAD(lane->damping), residual_gain = LOAD(lane->residual_gain);
  const lanes smallest_size = LOAD(lane->smallest_size);
  lanes seasonal_gain[4];
  for (int k = 0; k < 4; k++) seasonal_gain[k] = LOAD(lane->seasonal_gain + k * ROW);
  lanes level = LOAD(lane->level), trend = LOAD(lane->trend);
  lanes residual = LOAD(lane->residual), size = LOAD(lane->size);
  lanes one_step = zero, multi_step = zero;
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
        const int64_t at = begin + run->horizon[j] - 1;
        const double truth = run->values[at];
        if (isnan(truth)) continue;
        lanes sum = zero;
        for (int64_t k = 0; k < seasons; k++)
          sum += LOAD(seasonal + (int64_t)run->states[k][at] * ROW);
        const lanes forecast = (level + LOAD(lane->trend_sum + j * ROW) * trend) + sum +
                               LOAD(lane->carry + j * ROW) * residual;
        multi_step += MAGNITUDE(truth - forecast);
        multi_steps++;
      }
      origin += run->stride;
      if (origin < end) end = origin;
    }
    if (begin <= run->warm_up) {
      one_step = zero;
      one_steps = 0;
    }
    for (int64_t t = begin; t < end; t++) {
      const double one = across ? 0 : run->values[t];
      const lanes every = {one, one, one, one, one, one, one, one};
      const lanes value = across ? LOAD(run->values + t * ROW) : every;
      const lanes carried = residual_gain * residual;
      const bits known = across ? (bits)(value == value) : (bits)(zero == zero);
      const int all = across ? __builtin_reduce_and(known) != 0 : !isnan(one);
      if (__builtin_expect(!across && !all, 0)) {
        trend = damping * trend;
        level = level + trend;
        residual = carried;
        continue;
      }
      lanes sum = zero;
      double *state[4];
      for (int64_t k = 0; k < seasons; k++) {
        state[k] = seasonal + (int64_t)run->states[k][t] * ROW;
        sum = k == 0 ? LOAD(state[k]) : sum + LOAD(state[k]);
      }
      // What depends on the last innovation comes last, so that steps overlap.
      const lanes surprise = ((value - sum) - carried) - level;
      const lanes bound = run->clip * size;
      const lanes magnitude = MAGNITUDE(surprise);
      // Nearly always all are within their bounds, and no step waits for these two.
      lanes clipped = magnitude, innovation = surprise;
      if (__builtin_expect(__builtin_reduce_or((bits)(bound < magnitude)) != 0, 0)) {
        clipped = SELECT(bound < magnitude, bound, magnitude);
        innovation = SIGNED(clipped, surprise);
      }
      const lanes grown = size + run->size_gain * (clipped - size);
      const lanes new_size = SELECT(grown > smallest_size, grown, smallest_size);
      const lanes error = carried + innovation;
      const int some = across && !all;
      // First, while what is known of them is still in registers.
      for (int64_t k = 0; k < seasons; k++) {
        const lanes old = LOAD(state[k]), moved = old + seasonal_gain[k] * error;
        STORE(state[k], some ? SELECT(known, moved, old) : moved);
      }
      const lanes next_trend = damping * trend;
      const lanes base = level + next_trend;
      const lanes new_level = (base + level_gain * carried) + level_gain * innovation;
      const lanes new_trend = next_trend + trend_gain * error;
      if (__builtin_expect(some, 0)) {
        size = SELECT(known, new_size, size);
        level = SELECT(known, new_level, base);
        trend = SELECT(known, new_trend, next_trend);
        residual = SELECT(known, error, carried);
        one_step += SELECT(known, magnitude, zero);
      } else {
        size = new_size;
        level = new_level;
        trend = new_trend;
        residual = error;
        one_step += magnitude;
        one_steps++;
      }
    }
  }
  if (run->count <= run->warm_up) {
    one_step = zero;
    one_steps = 0;
  }
  STORE(lane->level, level);
  STORE(lane->trend, trend);
  STORE(lane->residual, residual);
  STORE(lane->size, size);
  STORE(lane->one_step, one_step);
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
