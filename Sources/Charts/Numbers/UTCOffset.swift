/// Where on the globe a time axis is read: whole seconds east of UTC.
public struct UTCOffset: Sendable, Equatable {
  public let seconds: Int

  /// - Parameter seconds: east is positive; clamped to ±18 h, the widest that ISO 8601 users meet.
  public init(seconds: Int) {
    self.seconds = max(-64_800, min(64_800, seconds))
  }

  public static let utc = UTCOffset(seconds: 0)

  /// `UTC`, `UTC+2`, `UTC+5:30`.
  public var label: String {
    if seconds == 0 { return "UTC" }
    let minutes = abs(seconds) / 60
    let clock = minutes % 60 == 0 ? "" : (minutes % 60 < 10 ? ":0" : ":") + "\(minutes % 60)"
    return "UTC" + (seconds < 0 ? "−" : "+") + "\(minutes / 60)" + clock
  }

  /// `2026-11-23 09:30` at this offset, for tables; seconds only where the instant has them.
  public func stamp(_ unixSeconds: Double) -> String {
    let date = CivilDate(unixSeconds: unixSeconds, offset: seconds)
    return date.stamp(withSeconds: date.second != 0)
  }
}
