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
