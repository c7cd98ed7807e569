#include "CKernels.h"

#include "lanes.h"

CLONES
void weighted_gram(int64_t count, int64_t width, const double *rows, const double *weights,
                   double *gram) {
#pragma clang fp contract(fast)
  for (int64_t left = 0; left < width; left += LANES) {
    for (int64_t top = left; top < width; top += LANES) {
      lanes sum[LANES];
      for (int i = 0; i < LANES; i++) sum[i] = LOAD_LOOSE(gram + (top + i) * width + left);
      for (int64_t r = 0; r < count; r++) {
        const double *row = rows + r * width;
        const lanes weighted = LOAD_LOOSE(row + left) * weights[r];
        for (int i = 0; i < LANES; i++) sum[i] += weighted * row[top + i];
      }
      for (int i = 0; i < LANES; i++) STORE_LOOSE(gram + (top + i) * width + left, sum[i]);
    }
  }
}

// Lane by lane, the sum of a vector of eight; the order of additions is the same for all.
#define PAIRS(a, b)                                          \
  (__builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14) + \
   __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15))
#define FOURS(a, b)                                          \
  (__builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13) +  \
   __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15))
#define EIGHTS(a, b)                                         \
  (__builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11) +  \
   __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15))

CLONES
void absolute_error_weights(int64_t count, int64_t width, const double *rows,
                            const double *direction, double scale, double least,
                            double *weights) {
  for (int64_t r = 0; r < count; r += LANES) {
    lanes product[LANES];
    for (int i = 0; i < LANES; i++) {
      const double *row = rows + (r + i < count ? r + i : r) * width;
      product[i] = LOAD_LOOSE(row) * LOAD_LOOSE(direction);
      for (int64_t left = LANES; left < width; left += LANES)
        product[i] += LOAD_LOOSE(row + left) * LOAD_LOOSE(direction + left);
    }
    const lanes first = FOURS(PAIRS(product[0], product[1]), PAIRS(product[2], product[3]));
    const lanes second = FOURS(PAIRS(product[4], product[5]), PAIRS(product[6], product[7]));
    const lanes size = MAGNITUDE(EIGHTS(first, second)) / scale;
    const lanes weight = 1 / SELECT(size > least, size, least);
    if (r + LANES <= count)
      STORE_LOOSE(weights + r, weight);
    else
      for (int64_t i = 0; r + i < count; i++) weights[r + i] = weight[i];
  }
}

// Four sums side by side: a single one would wait for itself at every step.
#define CHAINS 4
typedef double chains __attribute__((ext_vector_type(CHAINS)));
typedef double loose_chains __attribute__((ext_vector_type(CHAINS), aligned(8)));
#define LOAD_CHAINS(row) (*(const loose_chains *)(row))
#define STORE_CHAINS(row, value) (*(loose_chains *)(row) = (value))

// Rows whose part of all columns stays near while pairs are summed, and columns that are multiplied
// with one at the same time.
#define BLOCK 128
#define TOGETHER 4

__attribute__((always_inline)) static inline void add_products(int64_t rows, int64_t count,
                                                               const int together,
                                                               const double *weighted,
                                                               const double *columns,
                                                               double *sums) {
  chains sum[TOGETHER];
  for (int i = 0; i < together; i++) sum[i] = LOAD_CHAINS(sums + i * CHAINS);
  for (int64_t row = 0; row < rows; row += CHAINS) {
    const chains left = LOAD_CHAINS(weighted + row);
    for (int i = 0; i < together; i++) sum[i] += left * LOAD_CHAINS(columns + i * count + row);
  }
  for (int i = 0; i < together; i++) STORE_CHAINS(sums + i * CHAINS, sum[i]);
}

CLONES
void weighted_column_gram(int64_t count, int64_t width, const double *columns,
                          const double *weights, double *sums, double *gram) {
  for (int64_t i = 0; i < width * width * CHAINS; i++) sums[i] = 0;
  const int64_t whole = count / CHAINS * CHAINS;
  for (int64_t begin = 0; begin < whole; begin += BLOCK) {
    const int64_t rows = whole - begin < BLOCK ? whole - begin : BLOCK;
    double weighted[BLOCK];
    for (int64_t column = 0; column < width; column++) {
      const double *own = columns + column * count + begin;
      for (int64_t row = 0; row < rows; row++) weighted[row] = weights[begin + row] * own[row];
      const double *others = columns + begin;
      double *of_column = sums + column * width * CHAINS;
      int64_t other = column;
      for (; other + TOGETHER <= width; other += TOGETHER)
        add_products(rows, count, TOGETHER, weighted, others + other * count,
                     of_column + other * CHAINS);
      for (; other < width; other++)
        add_products(rows, count, 1, weighted, others + other * count,
                     of_column + other * CHAINS);
    }
  }
  for (int64_t column = 0; column < width; column++) {
    for (int64_t other = column; other < width; other++) {
      const double *sum = sums + (column * width + other) * CHAINS;
      double first = sum[0];
      for (int64_t row = whole; row < count; row++)
        first += weights[row] * columns[column * count + row] * columns[other * count + row];
      gram[column * width + other] = (first + sum[1]) + (sum[2] + sum[3]);
    }
  }
}
