public import Domain

/// How demand is multiplied over time, on top of what is forecast.
public struct GrowthPlan: Sendable, Equatable {
  /// A change of the factor: from `from` on it moves in a straight line to `factor`, which it has
  /// reached after `over`. With `over` zero it is a step, such as a launch.
  public struct Change: Sendable, Equatable {
    public var from: Timestamp
    public var factor: Double
    public var over: Duration

    public init(from: Timestamp, factor: Double, over: Duration = .zero) {
      self.from = from
      self.factor = factor
      self.over = over
    }
  }

  /// Before the first change.
  public var initial: Double
  /// In order of `from`.
  public private(set) var changes: [Change]

  /// Demand as it is forecast.
  public static let none = GrowthPlan(constant: 1)

  public init(constant: Double) {
    initial = constant
    changes = []
  }

  /// - Parameter changes: In any order; each moves from the factor in force to its own.
  public init(initial: Double = 1, changes: [Change]) {
    self.initial = initial
    self.changes = changes.sorted { $0.from < $1.from }
  }

  /// The factor at an instant. A change that begins before an earlier one has ended starts from
  /// what was reached by then.
  public func factor(at time: Timestamp) -> Double {
    var factor = initial
    for (index, change) in changes.enumerated() where change.from <= time {
      let next = index + 1 < changes.count ? changes[index + 1].from : time
      let elapsed = min(time, max(next, change.from)).since(change.from).inSeconds
      let length = change.over.inSeconds
      let share = length > 0 ? min(1, elapsed / length) : 1
      factor += (change.factor - factor) * share
    }
    return factor
  }

  /// Whether every factor is finite and above zero.
  public var isValid: Bool {
    ([initial] + changes.map(\.factor)).allSatisfy { $0 > 0 && $0.isFinite }
      && changes.allSatisfy { $0.over >= .zero }
  }
}
