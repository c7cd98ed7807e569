// Our kernels beside those of the prototype, on one core and one instruction set:
//
//   clang -O3 -march=native -o /tmp/kernels Tests/Benchmarks/forecasting-peers/kernels.c \
//     Sources/CKernels/*.c -ISources/CKernels/include -lm && /tmp/kernels
//
// PROTOTYPE is the pass of the project's own prototype (its kernels/k.c, under this project's
// licence): squared errors, no robust bound, no unknown values. Ours has both, and absolute errors.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "CKernels.h"

#define STEPS 16128
#define DAY 288
#define WEEK 2016

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec + 1e-9 * time.tv_nsec;
}

#pragma clang fp contract(fast)
#define PROTOTYPE(NAME, T, LANES, VECTORS)                                                   \
  typedef T NAME##_row __attribute__((vector_size(sizeof(T) * LANES)));                      \
  __attribute__((noinline)) static void NAME(const T *values, const NAME##_row *gains,       \
                                             NAME##_row *day, NAME##_row *week,              \
                                             NAME##_row *sums) {                             \
    _Pragma("clang fp reassociate(on)") NAME##_row level[VECTORS], trend[VECTORS];           \
    NAME##_row last[VECTORS], sum[VECTORS];                                                  \
    for (int v = 0; v < VECTORS; v++) {                                                      \
      level[v] = gains[6];                                                                   \
      trend[v] = last[v] = sum[v] = gains[7];                                                \
    }                                                                                        \
    for (int start = 0, in_week = 0; start < STEPS; start += DAY) {                          \
      for (int k = 0; k < DAY; k++) {                                                        \
        const NAME##_row value = values[start + k] - gains[7];                               \
        NAME##_row *d = day + k * VECTORS, *w = week + (in_week + k) * VECTORS;              \
        _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; v++) {               \
          const NAME##_row next = gains[2] * trend[v], expected = level[v] + next;           \
          const NAME##_row error = (value - d[v] - w[v]) - expected;                         \
          const NAME##_row surprise = error - gains[5] * last[v];                            \
          sum[v] += surprise * surprise;                                                     \
          level[v] = expected + gains[0] * error;                                            \
          trend[v] = next + gains[1] * error;                                                \
          d[v] += gains[3] * error;                                                          \
          w[v] += gains[4] * error;                                                          \
          last[v] = error;                                                                   \
        }                                                                                    \
      }                                                                                      \
      in_week = in_week + DAY == WEEK ? 0 : in_week + DAY;                                   \
    }                                                                                        \
    for (int v = 0; v < VECTORS; v++) sums[v] = sum[v];                                      \
  }
PROTOTYPE(doubles8, double, 8, 1)
PROTOTYPE(floats64, float, 16, 4)

static double values[STEPS];
static float singles[STEPS], rows[STEPS * 8];
static int32_t day_index[STEPS], week_index[STEPS];
static uint8_t unknown[STEPS];

static void *rows_of(size_t bytes) {
  void *memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
  memset(memory, 0, bytes);
  return memory;
}

static int ascending(const void *left, const void *right) {
  const double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

#define MEDIAN(into, reset, call)                    \
  do {                                               \
    double times[101];                               \
    for (int i = 0; i < 101; i++) {                  \
      reset;                                         \
      const double start = now();                    \
      call;                                          \
      times[i] = now() - start;                      \
    }                                                \
    qsort(times, 101, sizeof(double), ascending);    \
    (into) = 1e6 * times[50];                        \
  } while (0)

int main(void) {
  srand(1);
  for (int t = 0; t < STEPS; t++) {
    values[t] = 100 + 30 * sin(6.2831853 * t / DAY) + 10 * sin(6.2831853 * t / WEEK) +
                5 * (rand() / (double)RAND_MAX - .5);
    singles[t] = values[t];
    for (int s = 0; s < 8; s++) rows[t * 8 + s] = values[t] - 100;
    day_index[t] = t % DAY;
    week_index[t] = DAY + t % WEEK;
  }
  double theirs, ours;

  doubles8_row *d = rows_of(64 * DAY), *w = rows_of(64 * WEEK), *sums = rows_of(64);
  doubles8_row *gains = rows_of(64 * 8);
  const double gain[8] = {.1, .002, .98, .1, .1, .6, 100, 0};
  for (int i = 0; i < 8; i++) gains[i] += gain[i];
  MEDIAN(theirs, (memset(d, 0, 64 * DAY), memset(w, 0, 64 * WEEK)),
         doubles8(values, gains, d, w, sums));

  double *memory = rows_of(64 * (15 + DAY + WEEK));
  for (int i = 0; i < 8; i++)
    for (int k = 0; k < 6; k++) memory[8 * k + i] = gain[k == 3 ? 5 : k == 5 ? 4 : k == 4 ? 3 : k];
  holt_winters_lanes lanes = {memory,       memory + 8,   memory + 16,  memory + 24, memory + 112,
                              memory + 32,  0,            0,            memory + 64, memory + 72,
                              memory + 80,  memory + 88,  memory + 120, memory + 96, memory + 104};
  holt_winters_run run = {STEPS, values, 2, {day_index, week_index}, 5, .02, WEEK, 0, 0, 0};
  int64_t counts[2];
  MEDIAN(ours,
         (memset(memory + 120, 0, 64 * (DAY + WEEK)), memset(memory + 64, 0, 64 * 3),
          memory[64] = 100),
         for (int i = 0; i < 8; i++) { memory[64 + i] = 100; memory[88 + i] = 3; }
         holt_winters_pass(&run, &lanes, counts));
  printf("8 candidates of one series, double: prototype %.1f us, ours %.1f us, %.2f times\n", theirs,
         ours, ours / theirs);

  floats64_row *fd = rows_of(256 * DAY), *fw = rows_of(256 * WEEK), *fs = rows_of(256);
  floats64_row *fg = rows_of(64 * 8);
  for (int i = 0; i < 8; i++) fg[i] += (float)gain[i];
  MEDIAN(theirs, (memset(fd, 0, 256 * DAY), memset(fw, 0, 256 * WEEK)),
         floats64(singles, fg, fd, fw, fs));
  float *wide = rows_of(256 * (8 + DAY + WEEK)), *starts = rows_of(32 * (DAY + WEEK));
  double *one_step = rows_of(512);
  float least[8], size[8];
  for (int s = 0; s < 8; s++) least[s] = .01f, size[s] = 3;
  for (int i = 0; i < 64; i++)
    for (int k = 0; k < 6; k++) wide[64 * k + i] = gain[k == 3 ? 5 : k == 5 ? 4 : k == 4 ? 3 : k];
  holt_winters_batch_run batch = {STEPS, rows, unknown, 2, {day_index, week_index}, 5, .02f, WEEK,
                                  least, size, starts, DAY + WEEK};
  holt_winters_batch_lanes batch_lanes = {wide,       wide + 64,  wide + 128, wide + 192,
                                          wide + 256, wide + 512, one_step};
  MEDIAN(ours, (void)0, holt_winters_batch_pass(&batch, &batch_lanes));
  printf("64 candidates, single precision: prototype %.1f us (one series), ours %.1f us (eight), "
         "%.2f times\n", theirs, ours, ours / theirs);
  return fs[0][0] + one_step[0] + sums[0][0] == 0;
}
