/// A time zone as the pure core knows it: a table of offsets from UTC and when each begins.
///
/// The table is built once at the edge from the system's zone data, for the years that matter.
public struct UTCOffsets: Sendable, Equatable {
  public struct Transition: Sendable, Equatable {
    public var from: Timestamp
    /// Seconds to add to UTC to get local time.
    public var offset: Int

    public init(from: Timestamp, offset: Int) {
      self.from = from
      self.offset = offset
    }
  }

  public static let utc = UTCOffsets(first: 0, transitions: [])

  /// In force before the first transition.
  public let first: Int
  /// In ascending order.
  public let transitions: [Transition]

  /// Transitions may be given in any order.
  public init(first: Int, transitions: [Transition]) {
    self.first = first
    self.transitions = transitions.sorted { $0.from < $1.from }
  }

  /// Seconds to add to UTC at that instant. O(log n).
  public func offset(at time: Timestamp) -> Int {
    var low = 0
    var high = transitions.count
    while low < high {
      let middle = (low + high) / 2
      if transitions[middle].from <= time { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? first : transitions[low - 1].offset
  }

  /// Seconds since 1970 as the local clock counts them.
  public func localSeconds(at time: Timestamp) -> Int64 {
    time.seconds + Int64(offset(at: time))
  }
}
