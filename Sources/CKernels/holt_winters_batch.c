#include "CKernels.h"

#include <string.h>

#include "lanes.h"

// Four vectors of sixteen: one alone would wait for itself at every step.
#define GROUPS 4
#define WIDTH 16
typedef float wide __attribute__((ext_vector_type(WIDTH), aligned(4)));
typedef int32_t wide_bits __attribute__((ext_vector_type(WIDTH), aligned(4)));
typedef double pair __attribute__((ext_vector_type(WIDTH / 2), aligned(4)));

#define WIDE(row, group) (((const wide *)(row))[group])
#define SET_WIDE(row, group, value) (((wide *)(row))[group] = (value))
#define WIDE_MAGNITUDE(value) ((wide)((wide_bits)(value) & INT32_MAX))
// Two series' numbers next to each other, repeated over the vector's eight candidates; read as one
// double, which any instruction set can spread.
#define SPREAD(into, from)                                             \
  do {                                                                 \
    double both;                                                       \
    memcpy(&both, (from), sizeof both);                                \
    const pair every = {both, both, both, both, both, both, both, both}; \
    (into) = (wide)every;                                              \
  } while (0)

// `seasons` and `trended` are constants where it is called.
__attribute__((always_inline)) static inline void run_steps(
    const holt_winters_batch_run *run, const holt_winters_batch_lanes *lane,
    const int64_t seasons, const int trended) {
#pragma clang fp contract(fast)
  const wide zero = {0};
  const int counted = seasons < 0 ? (int)run->seasons : (int)seasons;
  wide level[GROUPS], trend[GROUPS], residual[GROUPS], size[GROUPS], smallest[GROUPS];
  for (int g = 0; g < GROUPS; g++) {
    SPREAD(size[g], run->size + 2 * g);
    SPREAD(smallest[g], run->smallest_size + 2 * g);
    level[g] = zero;
    trend[g] = zero;
    residual[g] = zero;
  }
  for (int64_t i = 0; i < run->seasonal_states; i++)
    for (int g = 0; g < GROUPS; g++) {
      wide start;
      SPREAD(start, run->seasonal + (i * GROUPS + g) * 2);
      SET_WIDE(lane->seasonal, i * GROUPS + g, start);
    }
  for (int i = 0; i < HOLT_WINTERS_BATCH_LANES; i++) lane->one_step[i] = 0;

  // Single precision adds up few errors at a time.
  int64_t end = 0;
  for (int64_t begin = 0; begin < run->count; begin = end) {
    const int counts = begin >= run->warm_up;
    end = begin + 64;
    if (!counts && end > run->warm_up) end = run->warm_up;
    if (end > run->count) end = run->count;
    wide sum[GROUPS] = {zero, zero, zero, zero};
    for (int64_t t = begin; t < end; t++) {
      wide *state[4];
      for (int k = 0; k < counted; k++)
        state[k] = (wide *)lane->seasonal + (int64_t)run->states[k][t] * GROUPS;
      const int some_unknown = run->unknown[t];
#pragma clang loop unroll(full)
      for (int g = 0; g < GROUPS; g++) {
        wide value;
        SPREAD(value, run->values + (t * GROUPS + g) * 2);
        const wide carried = WIDE(lane->residual_gain, g) * residual[g];
        wide rest = value - carried;
        for (int k = 0; k < counted; k++) rest -= state[k][g];
        const wide surprise = rest - level[g];
        const wide bound = run->clip * size[g];
        const wide below = SELECT(surprise > bound, bound, surprise);
        const wide innovation = SELECT(-bound > below, -bound, below);
        const wide next_trend = trended ? WIDE(lane->damping, g) * trend[g] : zero;
        const wide base = trended ? level[g] + next_trend : level[g];
        if (some_unknown) {
          const wide_bits known = (wide_bits)(value == value);
          const wide error = carried + innovation;
          for (int k = 0; k < counted; k++)
            state[k][g] += SELECT(
                known, WIDE(lane->seasonal_gain, k * GROUPS + g) * error, zero);
          const wide moved =
              size[g] + run->size_gain * (WIDE_MAGNITUDE(innovation) - size[g]);
          const wide grown = SELECT(moved > smallest[g], moved, smallest[g]);
          size[g] = SELECT(known, grown, size[g]);
          level[g] = base + SELECT(known, WIDE(lane->level_gain, g) * error, zero);
          if (trended)
            trend[g] =
                next_trend + SELECT(known, WIDE(lane->trend_gain, g) * error, zero);
          residual[g] = SELECT(known, error, carried);
          sum[g] += SELECT(known, WIDE_MAGNITUDE(surprise), zero);
        } else {
          const wide error = carried + innovation;
          for (int k = 0; k < counted; k++)
            state[k][g] += WIDE(lane->seasonal_gain, k * GROUPS + g) * error;
          const wide moved =
              size[g] + run->size_gain * (WIDE_MAGNITUDE(innovation) - size[g]);
          size[g] = SELECT(moved > smallest[g], moved, smallest[g]);
          level[g] = base + WIDE(lane->level_gain, g) * error;
          if (trended) trend[g] = next_trend + WIDE(lane->trend_gain, g) * error;
          residual[g] = error;
          sum[g] += WIDE_MAGNITUDE(surprise);
        }
      }
    }
    if (counts)
      for (int g = 0; g < GROUPS; g++)
        for (int i = 0; i < WIDTH; i++) lane->one_step[g * WIDTH + i] += sum[g][i];
  }
}

CLONES
void holt_winters_batch_pass(const holt_winters_batch_run *run,
                             const holt_winters_batch_lanes *lane) {
  int trended = 0;
  for (int i = 0; i < HOLT_WINTERS_BATCH_LANES; i++) trended |= lane->damping[i] != 0;
  if (run->seasons == 2 && !trended)
    run_steps(run, lane, 2, 0);
  else if (run->seasons == 2)
    run_steps(run, lane, 2, 1);
  else
    run_steps(run, lane, -1, 1);
}
