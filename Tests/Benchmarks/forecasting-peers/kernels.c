// Our kernels beside those of the prototype, on one core and one instruction set:
//
//   clang -O3 -march=x86-64-v4 -DCLONES= -o /tmp/kernels \
//     Tests/Benchmarks/forecasting-peers/kernels.c Sources/CKernels/holt_winters*.c \
//     -ISources/CKernels/include -lm && /tmp/kernels [UNKNOWN OUTLIERS]
//
// and -march=x86-64-v3, -march=x86-64 (SSE2). A CPU with AVX-512 needs -mprefer-vector-width=512.
// UNKNOWN and OUTLIERS are parts of the steps; none unless said. PROTOTYPE is the pass of the project's
// own prototype (its kernels/k.c, and k3.c across series, under this project's licence): squared
// errors, no robust bound, no unknown values. Ours has both, and absolute errors.
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
// SERIES: one value for all lanes, or one for each.
#define PROTOTYPE(NAME, T, LANES, VECTORS, SERIES)                                                  \
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
        NAME##_row *d = day + k * VECTORS, *w = week + (in_week + k) * VECTORS;              \
        _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; v++) {               \
          const NAME##_row next = gains[2] * trend[v], expected = level[v] + next;           \
          const NAME##_row value =                                                           \
              SERIES == 1 ? values[start + k] - gains[7]                                     \
                          : ((const NAME##_row *)values)[(start + k) * VECTORS + v];         \
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
PROTOTYPE(doubles8, double, 8, 1, 1)
PROTOTYPE(floats64, float, 16, 4, 1)
PROTOTYPE(series32, float, 16, 2, 32)
PROTOTYPE(series64, float, 16, 4, 64)

static double values[STEPS];
static float singles[STEPS], rows[STEPS * 12 + 1], lanes_own[STEPS * 64] __attribute__((aligned(64)));
static int32_t day_index[STEPS], week_index[STEPS];

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

// Ours with so many series to a group, with or without a trend.
static double batch(int series, int trended) {
  float *wide = rows_of(256 * (8 + DAY + WEEK));
  float *starts = rows_of(4 * (4 * series * (DAY + WEEK) + 1));
  double *one_step = rows_of(512), time;
  float least[13], bound[13];
  for (int s = 0; s < 13; s++) least[s] = .05f, bound[s] = 15;
  for (int t = 0; t < STEPS; t++)
    for (int s = 0; s < 4 * series; s++) rows[t * 4 * series + s] = singles[t] - 100;
  const float gain[6] = {.1f, trended ? .002f : 0, trended ? .98f : 0, .6f, .1f, .1f};
  for (int i = 0; i < 64; i++)
    for (int k = 0; k < 6; k++) wide[64 * k + i] = gain[k];
  holt_winters_batch_run run = {STEPS, series, rows, 2,    {day_index, week_index}, 5,
                                .02f,  WEEK,   least, bound, starts, DAY + WEEK};
  holt_winters_batch_lanes lanes = {wide,       wide + 64,  wide + 128, wide + 192,
                                    wide + 256, wide + 512, one_step};
  MEDIAN(time, (void)0, holt_winters_batch_pass(&run, &lanes));
  if (one_step[0] == 0) printf("no errors at all\n");
  return time;
}

static double doubles(void) {
  static const double gain[6] = {.1, .002, .98, .6, .1, .1};
  double *memory = rows_of(64 * (15 + DAY + WEEK)), time;
  for (int i = 0; i < 8; i++)
    for (int k = 0; k < 6; k++) memory[8 * k + i] = gain[k];
  holt_winters_lanes lanes = {memory,       memory + 8,   memory + 16,  memory + 24, memory + 112,
                              memory + 32,  0,            0,            memory + 64, memory + 72,
                              memory + 80,  memory + 88,  memory + 120, memory + 96, memory + 104};
  holt_winters_run run = {STEPS, values, 2, {day_index, week_index}, .98, .1, WEEK, 0, 0, 0};
  int64_t counts[2];
  MEDIAN(time,
         (memset(memory + 120, 0, 64 * (DAY + WEEK)), memset(memory + 64, 0, 64 * 3)),
         for (int i = 0; i < 8; i++) { memory[64 + i] = 100; memory[88 + i] = 15; }
         holt_winters_pass(&run, &lanes, counts));
  return time;
}

#define THEIRS(INTO, NAME, T, LANES, VECTORS, VALUES)                                          \
  do {                                                                                         \
    NAME##_row *d = rows_of(sizeof(NAME##_row) * VECTORS * DAY);                               \
    NAME##_row *w = rows_of(sizeof(NAME##_row) * VECTORS * WEEK);                              \
    NAME##_row *sums = rows_of(sizeof(NAME##_row) * VECTORS);                                  \
    NAME##_row *gains = rows_of(sizeof(NAME##_row) * 8);                                       \
    for (int i = 0; i < 8; i++) gains[i] += (T)prototype_gain[i];                              \
    MEDIAN(INTO,                                                                               \
           (memset(d, 0, sizeof(NAME##_row) * VECTORS * DAY),                                  \
            memset(w, 0, sizeof(NAME##_row) * VECTORS * WEEK)),                                \
           NAME(VALUES, gains, d, w, sums));                                                   \
    if (sums[0][0] == 0) printf("no errors at all\n");                                         \
  } while (0)

int main(int count, char **arguments) {
  static const double prototype_gain[8] = {.1, .002, .98, .1, .1, .6, 100, 0};
  const double unknown = count > 2 ? atof(arguments[1]) : 0;
  const double outliers = count > 2 ? atof(arguments[2]) : 0;
  srand(1);
  for (int t = 0; t < STEPS; t++) {
    values[t] = 100 + 30 * sin(6.2831853 * t / DAY) + 10 * sin(6.2831853 * t / WEEK) +
                5 * (rand() / (double)RAND_MAX - .5);
    singles[t] = values[t];
    for (int i = 0; i < 64; i++) lanes_own[t * 64 + i] = values[t];
    day_index[t] = t % DAY;
    week_index[t] = DAY + t % WEEK;
  }
  double one, candidates, thirty_two, sixty_four;
  THEIRS(one, doubles8, double, 8, 1, values);
  THEIRS(candidates, floats64, float, 16, 4, singles);
  THEIRS(thirty_two, series32, float, 16, 2, lanes_own);
  THEIRS(sixty_four, series64, float, 16, 4, lanes_own);
  for (int t = 0; t < STEPS; t++) {
    if (rand() < outliers * RAND_MAX) singles[t] = values[t] = 300;
    if (rand() < unknown * RAND_MAX) singles[t] = values[t] = NAN;
  }
  const double ours = doubles(), trended = batch(2, 1), plain = batch(3, 0);
  printf("8 candidates of one series, double: prototype %.1f us, ours %.1f us, %.2f times\n", one,
         ours, ours / one);
  printf("64 lanes, single, prototype: candidates of one series %.1f us, a series each %.1f us "
         "(32 lanes twice: %.1f us)\n", candidates, sixty_four, 2 * thirty_two);
  printf("ours, 8 series x 8 candidates with trend: %.1f us, %.2f and %.2f times\n", trended,
         trended / candidates, trended / sixty_four);
  printf("ours, 12 series x 5 candidates without:   %.1f us, %.2f and %.2f times\n", plain,
         plain / candidates, plain / sixty_four);
  return 0;
}
