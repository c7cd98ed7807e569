public import Domain

/// A span of time that is summed up in one row: the start belongs to it, the end does not.
public struct Period: Sendable, Equatable {
  public var start: Timestamp
  public var end: Timestamp
  /// Whether it is cut short by the end of what was asked for: a month of which only the first days
  /// are in the table.
  public var isPartial: Bool

  public init(start: Timestamp, end: Timestamp, isPartial: Bool = false) {
    self.start = start
    self.end = end
    self.isPartial = isPartial
  }

  /// Hours from start to end: 23 or 25 on a day on which the clocks change.
  public var hours: Double { end.since(start).inSeconds / 3600 }
}
