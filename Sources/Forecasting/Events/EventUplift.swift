import RealModule

/// How much a named event multiplies demand by, given by a person or learned from earlier
/// occurrences, and how sure that is.
public struct EventUplift: Sendable, Equatable {
  /// The factor expected while the event is at its full height; > 0. 1 changes nothing.
  public let factor: Double
  /// Standard deviation of the factor's logarithm; ≥ 0. 0.1 is about ten per cent either way.
  public let uncertainty: Double

  /// An uplift that somebody stated.
  ///
  /// - Returns: nil if the factor is not positive and finite, or the uncertainty negative or not
  ///   finite.
  public init?(factor: Double, uncertainty: Double = 0) {
    guard factor > 0, factor.isFinite, uncertainty >= 0, uncertainty.isFinite else { return nil }
    self.factor = factor
    self.uncertainty = uncertainty
  }

  /// One earlier occurrence: what came, and what was expected without the event, step by step.
  public struct Occurrence: Sendable, Equatable {
    public var actual: [Double]
    public var expected: [Double]

    public init(actual: [Double], expected: [Double]) {
      self.actual = actual
      self.expected = expected
    }
  }

  /// What is not known of an event seen once: a third either way.
  public static let unseenUncertainty = 0.3

  /// The uplift that earlier occurrences of the same name had.
  ///
  /// The factor is the mean, on a logarithmic scale, of each occurrence's sum over its expected sum.
  /// The uncertainty is that of the next occurrence: the scatter of the earlier ones, as if one more
  /// of `unseenUncertainty` had been seen, and that of their mean.
  ///
  /// - Parameter occurrences: Steps with an unknown (NaN) or negative value on either side are left
  ///   out, and occurrences in which nothing was expected or nothing came.
  /// - Returns: nil if no usable occurrence is left.
  public static func learned(from occurrences: [Occurrence]) -> EventUplift? {
    let logarithms = occurrences.compactMap(\.logarithm)
    guard !logarithms.isEmpty else { return nil }
    let count = Double(logarithms.count)
    let mean = logarithms.reduce(0, +) / count
    let scatter = logarithms.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let variance = (scatter + unseenUncertainty * unseenUncertainty) / count
    return EventUplift(
      factor: Double.exp(mean), uncertainty: (variance * (1 + 1 / count)).squareRoot())
  }

  /// The expected demand, raised by a share of the event.
  ///
  /// - Parameter share: See `EventShape`; clamped to 0 … 1.
  public func applied(toMean mean: Double, share: Double) -> Double {
    let part = min(max(share, 0), 1)
    let spread = part * uncertainty
    return mean * Double.exp(part * Double.log(factor) + 0.5 * spread * spread)
  }

  /// A quantile of demand, raised by a share of the event and moved outward by what is not known of
  /// it, as if both errors came together: on the safe side above the median. Order is kept.
  ///
  /// - Parameters:
  ///   - level: The quantile's level; clamped to 0.001 … 0.999.
  ///   - share: See `EventShape`; clamped to 0 … 1.
  public func applied(toQuantile value: Double, level: Double, share: Double) -> Double {
    value * factor(share: share, score: Normal.quantile(min(max(level, 0.001), 0.999)))
  }

  /// The factor of a share of the event, if it turns out so many standard deviations above what is
  /// expected.
  ///
  /// - Parameter share: See `EventShape`; clamped to 0 … 1.
  public func factor(share: Double, score: Double) -> Double {
    let part = min(max(share, 0), 1)
    return Double.exp(part * (Double.log(factor) + score * uncertainty))
  }
}

extension EventUplift.Occurrence {
  fileprivate var logarithm: Double? {
    var came = 0.0
    var awaited = 0.0
    for (value, expectation) in zip(actual, expected)
    where value >= 0 && expectation >= 0 && (value + expectation).isFinite {
      came += value
      awaited += expectation
    }
    return came > 0 && awaited > 0 ? Double.log(came / awaited) : nil
  }
}
