public import Domain

/// The list price per instance-hour over time.
public struct PriceSchedule: Sendable, Equatable {
  public struct Change: Sendable, Equatable {
    public var from: Timestamp
    public var perInstanceHour: Double

    public init(from: Timestamp, perInstanceHour: Double) {
      self.from = from
      self.perInstanceHour = perInstanceHour
    }
  }

  public var initial: Double
  /// In order of `from`.
  public private(set) var changes: [Change]

  public init(_ perInstanceHour: Double, changes: [Change] = []) {
    initial = perInstanceHour
    self.changes = changes.sorted { $0.from < $1.from }
  }

  public func price(at time: Timestamp) -> Double {
    changes.last { $0.from <= time }?.perInstanceHour ?? initial
  }
}
