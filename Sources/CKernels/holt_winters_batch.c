#include "CKernels.h"

#include <string.h>

#include "lanes.h"

// Four vectors of sixteen: one alone would wait for itself at every step.
#define GROUPS HOLT_WINTERS_BATCH_GROUPS
#define WIDTH (HOLT_WINTERS_BATCH_LANES / GROUPS)
// Single precision adds up few errors at a time; bounds move once a block.
#define CHUNK 64
#define BLOCK 8
typedef float wide __attribute__((ext_vector_type(WIDTH)));
typedef int32_t wide_bits __attribute__((ext_vector_type(WIDTH)));
typedef float few __attribute__((ext_vector_type(4), aligned(4)));
typedef double pair __attribute__((ext_vector_type(WIDTH / 2), aligned(4)));

#define WIDE(row, group) (((const wide *)(row))[group])
#define WIDE_MAGNITUDE(value) ((wide)((wide_bits)(value) & INT32_MAX))
#define WIDE_SIGNED(value, sign) \
  ((wide)(((wide_bits)(sign) & INT32_MIN) | (wide_bits)(value)))

// The numbers of a group's series, in turn over its lanes.
__attribute__((always_inline)) static inline void spread(wide *into, const float *from,
                                                         const int series) {
  if (series == 3) {
    const few row = *(const few *)from;
    *into = __builtin_shufflevector(row, row, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0);
  } else {
    // Read as one double, which any instruction set can spread.
    double both;
    memcpy(&both, from, sizeof both);
    const pair every = {both, both, both, both, both, both, both, both};
    *into = (wide)every;
  }
}

// `seasons`, `trended` and `series` (of a group) are constants where it is called.
__attribute__((always_inline)) static inline void run_steps(
    const holt_winters_batch_run *of, const holt_winters_batch_lanes *lane_of,
    const int64_t seasons, const int trended, const int series) {
#pragma clang fp contract(fast)
  ALIGN_STACK;
  // Copies: a store to a state might else be one to the pointers.
  const holt_winters_batch_run copy = *of, *const run = &copy;
  const holt_winters_batch_lanes lanes = *lane_of, *const lane = &lanes;
  const wide zero = {0};
  const int counted = seasons < 0 ? (int)run->seasons : (int)seasons;
  wide level[GROUPS], trend[GROUPS], residual[GROUPS], bound[GROUPS], least[GROUPS];
  for (int g = 0; g < GROUPS; g++) {
    spread(&bound[g], run->size + g * series, series);
    spread(&least[g], run->smallest_size + g * series, series);
    bound[g] *= run->clip;
    least[g] *= run->clip;
    level[g] = trend[g] = residual[g] = zero;
  }
  for (int64_t i = 0; i < run->seasonal_states * GROUPS; i++)
    spread((wide *)lane->seasonal + i, run->seasonal + i * series, series);
  for (int i = 0; i < HOLT_WINTERS_BATCH_LANES; i++) lane->one_step[i] = 0;

  int64_t chunk_end = 0;
  for (int64_t chunk = 0; chunk < run->count; chunk = chunk_end) {
    const int counts = chunk >= run->warm_up;
    chunk_end = chunk + CHUNK;
    if (!counts && chunk_end > run->warm_up) chunk_end = run->warm_up;
    if (chunk_end > run->count) chunk_end = run->count;
    wide total[GROUPS] = {zero, zero, zero, zero};
    int64_t end = 0;
    for (int64_t begin = chunk; begin < chunk_end; begin = end) {
      end = begin + BLOCK < chunk_end ? begin + BLOCK : chunk_end;
      // Sizes of innovations, and what surprises had beyond them.
      wide sum[GROUPS] = {zero, zero, zero, zero}, beyond[GROUPS] = {zero, zero, zero, zero};
      for (int64_t t = begin; t < end; t++) {
        wide *state[4];
        for (int k = 0; k < counted; k++)
          state[k] = (wide *)lane->seasonal + (int64_t)run->states[k][t] * GROUPS;
#pragma clang loop unroll(full)
        for (int g = 0; g < GROUPS; g++) {
          wide rest;
          spread(&rest, run->values + (t * GROUPS + g) * series, series);
          for (int k = 0; k < counted; k++) rest -= state[k][g];
          const wide residual_gain = WIDE(lane->residual_gain, g);
          const wide next_trend = trended ? WIDE(lane->damping, g) * trend[g] : zero;
          const wide base = trended ? level[g] + next_trend : level[g];
          wide error = rest - level[g];
          const wide surprise = error - residual_gain * residual[g];
          const wide size = WIDE_MAGNITUDE(surprise);
          wide moved = error, kept = error, counting = size;
          // A surprise that is unknown is not within its bound either.
          const wide_bits within = (wide_bits)(size <= bound[g]);
          if (__builtin_expect(!__builtin_reduce_and(within), 0)) {
            const wide_bits known = (wide_bits)(size == size);
            const wide carried = error - surprise;
            const wide clipped = SELECT(size > bound[g], bound[g], size);
            const wide usual = bound[g] * (1 / run->clip);
            error = carried + WIDE_SIGNED(clipped, surprise);
            kept = SELECT(known, error, residual_gain * residual[g]);
            moved = SELECT(known, error, zero);
            counting = SELECT(known, clipped, usual);
            beyond[g] += SELECT(known, size, zero) - counting;
          }
          for (int k = 0; k < counted; k++)
            state[k][g] += WIDE(lane->seasonal_gain, k * GROUPS + g) * moved;
          level[g] = base + WIDE(lane->level_gain, g) * moved;
          if (trended) trend[g] = next_trend + WIDE(lane->trend_gain, g) * moved;
          residual[g] = kept;
          sum[g] += counting;
        }
      }
      float keep = 1;
      for (int64_t t = begin; t < end; t++) keep *= 1 - run->size_gain;
      const float weight = run->clip * (1 - keep) / (end - begin);
      for (int g = 0; g < GROUPS; g++) {
        const wide next = keep * bound[g] + weight * sum[g];
        bound[g] = SELECT(next > least[g], next, least[g]);
        total[g] += sum[g] + beyond[g];
      }
    }
    if (counts)
      for (int g = 0; g < GROUPS; g++)
        for (int i = 0; i < WIDTH; i++) lane->one_step[g * WIDTH + i] += total[g][i];
  }
}

CLONES
void holt_winters_batch_pass(const holt_winters_batch_run *run,
                             const holt_winters_batch_lanes *lane) {
  int trended = 0;
  for (int i = 0; i < HOLT_WINTERS_BATCH_LANES; i++) trended |= lane->damping[i] != 0;
  if (run->seasons == 2 && run->series == 3 && !trended)
    run_steps(run, lane, 2, 0, 3);
  else if (run->seasons == 2 && run->series == 2)
    run_steps(run, lane, 2, 1, 2);
  else if (run->series == 3)
    run_steps(run, lane, -1, 1, 3);
  else
    run_steps(run, lane, -1, 1, 2);
}
