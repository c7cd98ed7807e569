/// What is wrong with a series, as far as its last values tell.
public enum Anomaly: String, Sendable, Equatable, CaseIterable {
  /// Next to nothing where much was expected: an outage, ours or upstream. What follows is a retry
  /// storm, so capacity is held.
  case collapse
  /// The same value again and again where change was expected: the metric is stuck.
  case frozen
  /// Demand has moved to another level and stays there.
  case levelShift
}

/// Recognises collapses and stuck values step by step from what came and what was expected. Constant
/// memory. Level shifts need to be looked back at, see `HistoryScan`.
public struct AnomalyWatch: Sendable, Equatable {
  /// Steps that a collapse and a frozen value must last before they are believed.
  public struct Patience: Sendable, Equatable {
    public var collapse: Int
    public var frozen: Int

    public init(collapse: Int = 2, frozen: Int = 12) {
      self.collapse = max(1, collapse)
      self.frozen = max(2, frozen)
    }
  }

  /// Part of what was expected that counts as next to nothing.
  public static let collapsedShare = 0.1

  public let patience: Patience
  /// What the values so far amount to; nil is nothing.
  public private(set) var anomaly: Anomaly?
  /// Steps in a row that were next to nothing.
  private(set) var collapsed = 0
  /// Steps in a row that had the last value.
  private(set) var same = 0
  private var sameSince = 0.0
  private var last = Double.nan

  public init(patience: Patience = Patience()) {
    self.patience = patience
  }

  /// Takes in one step.
  ///
  /// - Parameters:
  ///   - value: What came; nil, NaN and negative ones are unknown and change nothing.
  ///   - expected: The median that was forecast.
  ///   - band: A range that nine or more of ten values were expected in.
  /// - Returns: What the values so far amount to.
  @discardableResult
  public mutating func observe(
    _ value: Double?, expected: Double, band: ClosedRange<Double>
  ) -> Anomaly? {
    guard let value, value >= 0, value.isFinite, expected.isFinite else { return anomaly }
    collapsed =
      value < Self.collapsedShare * expected && value < band.lowerBound ? collapsed + 1 : 0
    if value == last {
      same += 1
    } else {
      same = 1
      sameSince = expected
    }
    last = value
    let moved = (expected - sameSince).magnitude > 0.5 * (band.upperBound - band.lowerBound)
    anomaly =
      if collapsed >= patience.collapse {
        .collapse
      } else if same >= patience.frozen, value > 0, moved || anomaly == .frozen {
        .frozen
      } else {
        nil
      }
    return anomaly
  }
}
