import RealModule

/// Predictive quantiles from the residuals of rolling origins.
///
/// The size of the residual that a share of all windows stayed within, half from the horizons nearby
/// and half from all, times a widening, moves the forecast up and down; on a logarithmic scale, so
/// that upper quantiles are farther away than lower ones. They never cross and are never below 0.
///
/// - Note: Split conformal prediction (Lei et al. 2018, doi:10.1080/01621459.2017.1307116) without its
///   guarantee: windows overlap in what their models have learned, hence the widening.
struct PredictiveQuantiles: Sendable, Equatable {
  let scale: ResidualScale
  /// What all sizes are multiplied with.
  let widening: Double
  /// Correlation of residuals one step apart.
  let persistence: Double
  /// Sorted sizes of the residuals near each place of the horizon, and of all.
  private let near: [[Double]]
  private let stepsPerPlace: Int
  private let all: [Double]

  /// The least size of a standard deviation: one per cent.
  static let leastSpread = 0.01
  /// Places of the horizon with a spread of their own, at most.
  static let places = 96
  /// The widening that a history says nothing about, and how many fits that knowledge is worth.
  static let usualWidening = 1.1
  static let usualWideningFits = 4.0

  /// - Parameters:
  ///   - residuals: Per window and horizon, NaN where the truth is unknown; windows oldest first.
  ///   - windowsPerFit: Windows that share a fit and are judged together by those of the others.
  ///   - horizon: Steps to be forecast.
  init(
    residuals: [[Double]], windowsPerFit: Int, horizon: Int, scale: ResidualScale
  ) {
    self.scale = scale
    let reach = max(1, horizon / 16)
    stepsPerPlace = max(1, (horizon + Self.places - 1) / Self.places)
    near = stride(from: stepsPerPlace / 2, to: max(1, horizon), by: stepsPerPlace).map {
      Self.sizes(residuals, around: $0, reach: reach)
    }
    all = Self.sizes(residuals, around: 0, reach: horizon)
    widening = Self.widening(
      residuals, windowsPerFit: max(1, windowsPerFit), horizon: horizon, reach: reach)
    persistence = Self.persistence(residuals)
  }

  /// The value that a share `level` of outcomes does not exceed.
  func quantile(_ level: Double, of forecast: Double, horizon: Int) -> Double {
    let share = 2 * level - 1
    let size = size(share: share.magnitude, horizon: horizon)
    return scale.moved(forecast, by: share < 0 ? -size : size)
  }

  /// Size of residual that a share of outcomes stays within, widened; 0 for no share.
  private func size(share: Double, horizon: Int) -> Double {
    let place = min(horizon / stepsPerPlace, near.count - 1)
    let nearby = place >= 0 && near[place].count > 1 ? near[place] : all
    let measured = 0.5 * Self.quantile(share, nearby) + 0.5 * Self.quantile(share, all)
    let least = Self.leastSpread * Normal.quantile(0.5 + share / 2)
    return max(widening * measured, least)
  }

  /// The quantile of sizes with 0 as the smallest, so that no share is no distance. Beyond the last
  /// of n sizes, whose share is n / (n + 1), it grows as an exponential tail does.
  private static func quantile(_ share: Double, _ sizes: [Double]) -> Double {
    guard let last = sizes.last else { return 0 }
    let position = share * Double(sizes.count + 1)
    let below = Int(position)
    if below >= sizes.count {
      let rest = Double(sizes.count + 1) * (1 - min(share, 0.9999))
      let tail = last - sizes[sizes.count * 3 / 4]
      return last + tail * max(0, -Double.log(rest)) / Double.log(4)
    }
    let low = below == 0 ? 0 : sizes[below - 1]
    return low + (position - Double(below)) * (sizes[below] - low)
  }

  private static func sizes(_ residuals: [[Double]], around horizon: Int, reach: Int) -> [Double] {
    var sizes: [Double] = []
    for window in residuals {
      let from = max(0, horizon - reach)
      for index in stride(from: from, to: min(window.count, horizon + reach + 1), by: 1)
      where window[index].isFinite {
        sizes.append(window[index].magnitude)
      }
    }
    return sizes.sorted()
  }

  /// How much wider the sizes must be for nine of ten outcomes to lie within them in windows that had
  /// no part in them: each fit's windows measured by the others', drawn toward the usual widening.
  private static func widening(
    _ residuals: [[Double]], windowsPerFit: Int, horizon: Int, reach: Int
  ) -> Double {
    guard residuals.count > windowsPerFit else { return usualWidening * 1.2 }
    // A long horizon is judged at some of its steps.
    let steps = stride(from: 0, to: horizon, by: max(1, horizon / 48))
    var ratios: [Double] = []
    for first in stride(from: 0, to: residuals.count, by: windowsPerFit) {
      let own = first..<min(first + windowsPerFit, residuals.count)
      var others = residuals
      others.removeSubrange(own)
      let all = quantile(0.9, sizes(others, around: 0, reach: horizon))
      guard all > 0 else { continue }
      for step in steps {
        let near = quantile(0.9, sizes(others, around: step, reach: reach))
        for window in own where residuals[window][step].isFinite {
          ratios.append(residuals[window][step].magnitude / (0.5 * near + 0.5 * all))
        }
      }
    }
    guard !ratios.isEmpty else { return usualWidening }
    ratios.sort()
    let fits = Double(residuals.count / windowsPerFit)
    let measured = min(Order.quantile(0.9, sorted: ratios), 2)
    let drawn =
      (fits * measured + usualWideningFits * usualWidening) / (fits + usualWideningFits)
    return max(1, drawn)
  }

  private static func persistence(_ residuals: [[Double]]) -> Double {
    var product = 0.0
    var square = 0.0
    for window in residuals {
      for (now, next) in zip(window, window.dropFirst()) where (now * next).isFinite {
        product += now * next
        square += 0.5 * (now * now + next * next)
      }
    }
    return square > 0 ? min(max(product / square, 0), 0.99) : 0.5
  }
}
