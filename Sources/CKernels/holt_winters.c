#include "CKernels.h"

#include <math.h>

#include "lanes.h"

#define ROW HOLT_WINTERS_LANES

// One value for all lanes, or a row of values, one per lane: `across` is a constant where this is
// called, and so is the number of seasons, for the usual ones.
__attribute__((always_inline)) static inline void pass(const holt_winters_run *run,
                                                       const holt_winters_lanes *lane,
                                                       int across, const int64_t seasons,
                                                       int64_t counts[2]) {
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
  int64_t origin =
      !across && run->stride > 0 && run->horizons > 0 ? run->warm_up : INT64_MAX;
  double *seasonal = lane->seasonal;

  for (int64_t t = 0; t < run->count; t++) {
    if (t == origin && t + furthest <= run->count) {
      for (int64_t j = 0; j < run->horizons; j++) {
        const int64_t at = t + run->horizon[j] - 1;
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
    }

    const lanes value = across ? LOAD(run->values + t * ROW) : zero + run->values[t];
    const lanes carried = residual_gain * residual;
    const bits known = across ? (bits)(value == value) : (bits)(zero == zero);
    const int all = across ? __builtin_reduce_and(known) != 0 : !isnan(run->values[t]);
    if (!across && !all) {
      trend = damping * trend;
      level = level + trend;
      residual = carried;
      continue;
    }
    lanes sum = zero;
    double *state[4];
    lanes old[4];
    for (int64_t k = 0; k < seasons; k++) {
      state[k] = seasonal + (int64_t)run->states[k][t] * ROW;
      old[k] = LOAD(state[k]);
      sum += old[k];
    }
    // What depends on the last innovation comes last, so that steps overlap.
    const lanes surprise = ((value - sum) - carried) - level;
    const lanes bound = run->clip * size;
    const lanes below = SELECT(surprise > bound, bound, surprise);
    const lanes innovation = SELECT(-bound > below, -bound, below);
    const lanes grown = size + run->size_gain * (MAGNITUDE(innovation) - size);
    const lanes new_size = SELECT(grown > smallest_size, grown, smallest_size);
    const lanes error = carried + innovation;
    const lanes next_trend = damping * trend;
    const lanes base = level + next_trend;
    const lanes new_level = (base + level_gain * carried) + level_gain * innovation;
    const lanes new_trend = next_trend + trend_gain * error;
    if (across && !all) {
      for (int64_t k = 0; k < seasons; k++)
        STORE(state[k], SELECT(known, old[k] + seasonal_gain[k] * error, old[k]));
      size = SELECT(known, new_size, size);
      level = SELECT(known, new_level, base);
      trend = SELECT(known, new_trend, next_trend);
      residual = SELECT(known, error, carried);
      if (t >= run->warm_up) one_step += SELECT(known, MAGNITUDE(surprise), zero);
    } else {
      for (int64_t k = 0; k < seasons; k++) STORE(state[k], old[k] + seasonal_gain[k] * error);
      size = new_size;
      level = new_level;
      trend = new_trend;
      residual = error;
      if (t >= run->warm_up) {
        one_step += MAGNITUDE(surprise);
        one_steps++;
      }
    }
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
