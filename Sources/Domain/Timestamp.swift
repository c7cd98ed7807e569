/// An instant: whole seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// Everything that `scaler` stores or decides is stamped with one. Elapsed time is measured with a
/// monotonic clock at the edges and never computed from two timestamps there.
public struct Timestamp: Hashable, Comparable, Sendable {
  public var seconds: Int64

  /// The instants that RFC 3339 can write with a four-digit year: 0000-01-01 to 9999-12-31.
  public static let earliest = Timestamp(seconds: -62_167_219_200)
  public static let latest = Timestamp(seconds: 253_402_300_799)

  public init(seconds: Int64) {
    self.seconds = seconds
  }

  public static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.seconds < right.seconds
  }

  /// Moves by a duration, rounded down to whole seconds; stays within `earliest ... latest`.
  public static func + (time: Timestamp, duration: Duration) -> Timestamp {
    let sum = time.seconds.addingReportingOverflow(duration.wholeSeconds)
    if sum.overflow { return duration.wholeSeconds > 0 ? latest : earliest }
    return min(max(Timestamp(seconds: sum.partialValue), earliest), latest)
  }

  public static func - (time: Timestamp, duration: Duration) -> Timestamp {
    time + (.zero - duration)
  }

  /// The signed time from `earlier` to `self`.
  public func since(_ earlier: Timestamp) -> Duration {
    .seconds(seconds.subtractingReportingOverflow(earlier.seconds).partialValue)
  }

  /// The last multiple of `step` (counted from 1970) at or before this instant.
  ///
  /// - Precondition: `step` is at least one second.
  public func floored(to step: Duration) -> Timestamp {
    floored(toSeconds: step.wholeSeconds)
  }

  /// The same with the step in seconds.
  public func floored(toSeconds width: Int64) -> Timestamp {
    precondition(width > 0, "a step lasts at least one second")
    let rest = seconds % width
    return Timestamp(seconds: seconds - (rest < 0 ? rest + width : rest))
  }
}

extension Timestamp: Codable {
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let parsed = Timestamp(rfc3339: text) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "not an RFC 3339 time: \(text)"))
    }
    self = parsed
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
