#include "CKernels.h"

#include <string.h>

#include "lanes.h"

// Four vectors of sixteen, one after the other in blocks of steps: few enough registers for any
// instruction set, and the steps of one overlap those of the next.
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

// What the steps of a group move, what they move it by, and what they add up.
typedef struct {
  wide level, trend, residual, bound;
  // Sizes of innovations, and what surprises had beyond them.
  wide sum, beyond;
} group;
typedef struct {
  wide level, trend, damping, residual, seasonal[4];
} group_gains;

// Moves everything by an error.
__attribute__((always_inline)) static inline void move(group *at, const group_gains *by,
                                                       const wide *error, wide *const state[4],
                                                       const int seasons, const int trended) {
#pragma clang fp contract(fast)
  wide base = at->level;
  if (trended) {
    const wide trend = by->damping * at->trend;
    base += trend;
    at->trend = trend + by->trend * *error;
  }
  at->level = base + by->level * *error;
  for (int k = 0; k < seasons; k++) *state[k] += by->seasonal[k] * *error;
}

// A step that is unknown, or beyond its bound, in some of the lanes.
__attribute__((always_inline)) static inline void unusual_step(
    group *at, const group_gains *by, float clip, const wide *difference, wide *const state[4],
    const int seasons, const int trended) {
#pragma clang fp contract(fast)
  const wide zero = {0}, carried = by->residual * at->residual;
  const wide surprise = *difference - carried, size = WIDE_MAGNITUDE(surprise);
  const wide_bits known = (wide_bits)(size == size);
  const wide clipped = SELECT(size > at->bound, at->bound, size);
  const wide error = carried + WIDE_SIGNED(clipped, surprise);
  const wide moved = SELECT(known, error, zero);
  // What is unknown counts as the usual size.
  const wide counting = SELECT(known, clipped, at->bound * (1 / clip));
  move(at, by, &moved, state, seasons, trended);
  at->residual = SELECT(known, error, carried);
  at->sum += counting;
  at->beyond += SELECT(known, size, zero) - counting;
}

// Runs one group over a block of steps; `seasons`, `trended` and `series` are constants where it is
// called.
__attribute__((always_inline)) static inline void run_block(
    const holt_winters_batch_run *run, const holt_winters_batch_lanes *lane, const int g,
    int64_t begin, int64_t end, group *of, const int seasons, const int trended,
    const int series) {
#pragma clang fp contract(fast)
  group_gains by = {WIDE(lane->level_gain, g), WIDE(lane->trend_gain, g),
                    WIDE(lane->damping, g), WIDE(lane->residual_gain, g)};
  for (int k = 0; k < seasons; k++) by.seasonal[k] = WIDE(lane->seasonal_gain, k * GROUPS + g);
  group at = *of;
  for (int64_t t = begin; t < end; t++) {
    wide error, *state[4];
    // Nearly every step: all lanes know the value and expected about that. A loop of their own has
    // registers of its own.
    for (; t < end; t++) {
      wide rest;
      spread(&rest, run->values + (t * GROUPS + g) * series, series);
      for (int k = 0; k < seasons; k++) {
        state[k] = (wide *)lane->seasonal + (int64_t)run->states[k][t] * GROUPS + g;
        rest -= *state[k];
      }
      error = rest - at.level;
      const wide size = WIDE_MAGNITUDE(error - by.residual * at.residual);
      // A size that is unknown is not within its bound either.
      if (__builtin_expect(!__builtin_reduce_and((wide_bits)(size <= at.bound)), 0)) break;
      move(&at, &by, &error, state, seasons, trended);
      at.residual = error;
      at.sum += size;
    }
    if (t < end) unusual_step(&at, &by, run->clip, &error, state, seasons, trended);
  }
  *of = at;
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
  group groups[GROUPS];
  wide least[GROUPS];
  for (int g = 0; g < GROUPS; g++) {
    spread(&groups[g].bound, run->bound + g * series, series);
    spread(&least[g], run->smallest_bound + g * series, series);
    groups[g].level = groups[g].trend = groups[g].residual = zero;
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
      float keep = 1;
      for (int64_t t = begin; t < end; t++) keep *= 1 - run->size_gain;
      const float weight = run->clip * (1 - keep) / (end - begin);
#pragma clang loop unroll(full)
      for (int g = 0; g < GROUPS; g++) {
        group *const at = &groups[g];
        at->sum = at->beyond = zero;
        run_block(run, lane, g, begin, end, at, counted, trended, series);
        const wide next = keep * at->bound + weight * at->sum;
        at->bound = SELECT(next > least[g], next, least[g]);
        total[g] += at->sum + at->beyond;
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
