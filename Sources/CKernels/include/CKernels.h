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
  /// What is left of an innovations' bound after a step, and the part of their size that enters it.
  double bound_kept;
  double bound_gain;
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
  /// The smallest bound of innovations.
  const double *smallest_bound;
  /// Four rows.
  const double *seasonal_gain;
  /// Per horizon a row: what the trend is multiplied with, and the residual.
  const double *trend_sum;
  const double *carry;
  /// States before the first step, replaced by those after the last; `seasonal` has a row per state.
  double *level;
  double *trend;
  double *residual;
  double *bound;
  double *seasonal;
  /// Sums of absolute errors, one step ahead and at the horizons; set by the pass.
  double *one_step;
  double *multi_step;
} holt_winters_lanes;

/// Runs all lanes over all steps. `counts[0]` and `counts[1]` become the number of errors in the one
/// and in the other sum of each lane. Allocates nothing, keeps nothing. All rows must be aligned to
/// 64 bytes.
void holt_winters_pass(const holt_winters_run *run, const holt_winters_lanes *lanes,
                       int64_t counts[2]);

/// The same arithmetic for eight series, one per lane: `values` has HOLT_WINTERS_LANES numbers per
/// step, NaN where that series is unknown. There is no multi-step loss, and sums of errors only.
void holt_winters_across(const holt_winters_run *run, const holt_winters_lanes *lanes);

/// Lanes of one batch, in groups: of two series with eight candidates each, or of three with five.
/// Rows hold HOLT_WINTERS_BATCH_LANES numbers: with n series to a group, the candidate c of the series
/// s is at 16 (s / n) + n c + s % n.
#define HOLT_WINTERS_BATCH_GROUPS 4
#define HOLT_WINTERS_BATCH_LANES 64

/// What a batch runs over: series of the same steps and season positions, in single precision.
/// Whatever is given per series has GROUPS times `series` numbers next to each other; one more float
/// of memory at the end is read and not looked at.
typedef struct {
  int64_t count;
  /// Series to a group, 2 or 3.
  int64_t series;
  /// Per step and series, less the series' level before the first step; NaN is unknown.
  const float *values;
  int64_t seasons;
  const int32_t *states[4];
  /// Innovations' bound in their mean sizes, and the gain of that mean.
  float clip;
  float size_gain;
  int64_t warm_up;
  /// Per series: smallest bound, and bound before the first step; the trend begins at 0.
  const float *smallest_bound;
  const float *bound;
  /// The seasonal states before the first step, a row of series each.
  const float *seasonal;
  int64_t seasonal_states;
} holt_winters_batch_run;

/// The lanes' numbers, rows aligned to 64 bytes.
typedef struct {
  const float *level_gain;
  const float *trend_gain;
  const float *damping;
  const float *residual_gain;
  /// Four rows.
  const float *seasonal_gain;
  /// A row per seasonal state: memory for the pass.
  float *seasonal;
  /// Sums of absolute errors one step ahead; set by the pass.
  double *one_step;
} holt_winters_batch_lanes;

/// Runs all candidates of all series over all steps. What a search needs and no more: multiplies and
/// adds are fused where the instruction set can, so the last bits differ between sets, and the bound of
/// innovations moves once in eight steps. Steps at which a group has nothing unknown and nothing beyond
/// its bound skip what is needed for those.
void holt_winters_batch_pass(const holt_winters_batch_run *run,
                             const holt_winters_batch_lanes *lanes);

/// Adds, to the lower triangle of a symmetric matrix, the weighted sum of the outer products of rows
/// with themselves, in tiles of eight by eight: entry (i, j) for every tile with i's tile >= j's.
///
/// `rows` has `count` rows of `width` numbers, `width` a multiple of 8; `weights` one number per row;
/// `gram` is `width` by `width`. Multiplies and adds are fused where the instruction set can, so the
/// last bits differ between sets (and not between runs on one).
void weighted_gram(int64_t count, int64_t width, const double *rows, const double *weights,
                   double *gram);

/// The same of a matrix that is given column by column, not row by row, and without fusing: the same
/// bytes on every instruction set. Sets the upper triangle of `gram`; `sums` is room for
/// 4 times `width` times `width` numbers.
void weighted_column_gram(int64_t count, int64_t width, const double *columns,
                          const double *weights, double *sums, double *gram);

/// Sets `weights[i]` to 1 / max(|rows[i] . direction| / scale, least): the weights that make
/// a least squares fit one of least absolute errors, when `direction` holds the coefficients and, at
/// the target's place, -1.
void absolute_error_weights(int64_t count, int64_t width, const double *rows,
                            const double *direction, double scale, double least,
                            double *weights);

#endif
