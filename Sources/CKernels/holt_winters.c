#include "CKernels.h"

#include <math.h>
#include "lanes.h"

#define ROW HOLT_WINTERS_LANES

CLONES
void holt_winters_pass(const holt_winters_run *run, const holt_winters_lanes *lane,
                       int64_t counts[2]) {
  const lanes zero = {0};
  const lanes level_gain = LOAD(lane->level_gain), trend_gain = LOAD(lane->trend_gain);
  const lanes damping = LOAD(lane->damping), residual_gain = LOAD(lane->residual_gain);
  const lanes smallest_size = zero + run->smallest_size;
  lanes seasonal_gain[4];
  for (int k = 0; k < 4; k++) seasonal_gain[k] = LOAD(lane->seasonal_gain + k * ROW);
  lanes level = LOAD(lane->level), trend = LOAD(lane->trend);
  lanes residual = LOAD(lane->residual), size = LOAD(lane->size);
  lanes one_step = zero, multi_step = zero;
  int64_t one_steps = 0, multi_steps = 0;
  const int64_t seasons = run->seasons;
  const int64_t furthest = run->horizons > 0 ? run->horizon[run->horizons - 1] : 0;
  int64_t origin = run->stride > 0 && run->horizons > 0 ? run->warm_up : INT64_MAX;
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

    const double value = run->values[t];
    const lanes carried = residual_gain * residual;
    if (isnan(value)) {
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
    const lanes surprise = ((value - sum) - level) - carried;
    const lanes bound = run->clip * size;
    const lanes below = SELECT(surprise > bound, bound, surprise);
    const lanes innovation = SELECT(-bound > below, -bound, below);
    const lanes grown = size + run->size_gain * (MAGNITUDE(innovation) - size);
    size = SELECT(grown > smallest_size, grown, smallest_size);
    const lanes error = carried + innovation;
    for (int64_t k = 0; k < seasons; k++) STORE(state[k], old[k] + seasonal_gain[k] * error);
    const lanes next_trend = damping * trend;
    level = (level + next_trend) + level_gain * error;
    trend = next_trend + trend_gain * error;
    residual = error;
    if (t >= run->warm_up) {
      one_step += MAGNITUDE(surprise);
      one_steps++;
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
