#ifndef CKERNELS_H
#define CKERNELS_H

#include <stdint.h>

/// Candidates evaluated side by side by one pass, each in its own lane.
#define HOLT_WINTERS_LANES 8

/// What one pass of Holt-Winters runs over: the same for all lanes.
///
/// The recursion and its order of operations are those of Forecasting's `HoltWinters`, without fused
/// multiply-add, so a lane's states equal the readable ones to the bit on every instruction set.
typedef struct {
  /// Number of steps.
  int64_t count;
  /// Transformed value per step; NaN is unknown.
  const double *values;
  /// Number of seasons, 0 ... 4.
  int64_t seasons;
  /// Per season, the index of each step's state in the row of all seasonal states; `count` entries.
  const int32_t *states[4];
  /// Clip bound in mean sizes of innovations, the gain of that mean, and its smallest value.
  double clip;
  double size_gain;
  double smallest_size;
  /// Steps before this one count in no loss.
  int64_t warm_up;
  /// Multi-step loss: an origin every `stride` steps from `warm_up` on, 0 for none.
  int64_t stride;
  /// Its horizons, ascending, from 1.
  int64_t horizons;
  const int32_t *horizon;
} holt_winters_run;

/// The lanes' numbers: each row has HOLT_WINTERS_LANES entries, one per lane.
typedef struct {
  /// Gains, see Forecasting's `HoltWintersGains`.
  const double *level_gain;
  const double *trend_gain;
  const double *damping;
  const double *residual_gain;
  /// Four rows.
  const double *seasonal_gain;
  /// Per horizon a row: what the trend is multiplied with, and the residual.
  const double *trend_sum;
  const double *carry;
  /// States before the first step, replaced by those after the last; `seasonal` has a row per state.
  double *level;
  double *trend;
  double *residual;
  double *size;
  double *seasonal;
  /// Sums of absolute errors, one step ahead and at the horizons; set by the pass.
  double *one_step;
  double *multi_step;
} holt_winters_lanes;

/// Runs all lanes over all steps. `counts[0]` and `counts[1]` become the number of errors in the one
/// and in the other sum of each lane. Allocates nothing, keeps nothing. All rows must be aligned to
/// 8 bytes.
void holt_winters_pass(const holt_winters_run *run, const holt_winters_lanes *lanes,
                       int64_t counts[2]);

/// Adds, to the lower triangle of a symmetric matrix, the weighted sum of the outer products of rows
/// with themselves, in tiles of eight by eight: entry (i, j) for every tile with i's tile >= j's.
///
/// `rows` has `count` rows of `width` numbers, `width` a multiple of 8; `weights` one number per row;
/// `gram` is `width` by `width`. Multiplies and adds are fused where the instruction set can, so the
/// last bits differ between sets (and not between runs on one).
void weighted_gram(int64_t count, int64_t width, const double *rows, const double *weights,
                   double *gram);

/// Sets `weights[i]` to 1 / max(|rows[i] . direction| / scale, least): the weights that make
/// a least squares fit one of least absolute errors, when `direction` holds the coefficients and, at
/// the target's place, -1.
void absolute_error_weights(int64_t count, int64_t width, const double *rows,
                            const double *direction, double scale, double least,
                            double *weights);

#endif
