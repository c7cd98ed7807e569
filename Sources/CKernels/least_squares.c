#include "CKernels.h"

#include <math.h>

#include "lanes.h"

CLONES
void weighted_gram(int64_t count, int64_t width, const double *rows, const double *weights,
                   double *gram) {
#pragma clang fp contract(fast)
  for (int64_t left = 0; left < width; left += LANES) {
    for (int64_t top = left; top < width; top += LANES) {
      lanes sum[LANES];
      for (int i = 0; i < LANES; i++) sum[i] = LOAD(gram + (top + i) * width + left);
      for (int64_t r = 0; r < count; r++) {
        const double *row = rows + r * width;
        const lanes weighted = LOAD(row + left) * weights[r];
        for (int i = 0; i < LANES; i++) sum[i] += weighted * row[top + i];
      }
      for (int i = 0; i < LANES; i++) STORE(gram + (top + i) * width + left, sum[i]);
    }
  }
}

CLONES
void absolute_error_weights(int64_t count, int64_t width, const double *rows,
                            const double *direction, double scale, double least,
                            double *weights) {
  for (int64_t r = 0; r < count; r++) {
    const double *row = rows + r * width;
    lanes products = LOAD(row) * LOAD(direction);
    for (int64_t left = LANES; left < width; left += LANES)
      products += LOAD(row + left) * LOAD(direction + left);
    double sum = 0;
    for (int i = 0; i < LANES; i++) sum += products[i];
    const double size = fabs(sum) / scale;
    weights[r] = 1 / (size > least ? size : least);
  }
}
