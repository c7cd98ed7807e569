/// The four resolutions at which samples are kept. A sample lives in exactly one of them: it is
/// stored as it came, and moves to the next coarser tier when its tier's retention has passed.
enum Tier: Int, CaseIterable, Sendable {
  /// As it came.
  case raw = 0
  case minute = 1
  case fiveMinutes = 2
  case quarterHour = 3

  /// Seconds that a point of this tier covers at least; 1 for `raw`.
  var step: Int64 {
    switch self {
    case .raw: 1
    case .minute: 60
    case .fiveMinutes: 300
    case .quarterHour: 900
    }
  }

  /// Seconds of one chunk. Each window is a whole number of windows of the tier before it, so that
  /// whole chunks move together.
  var window: Int64 {
    switch self {
    case .raw: 3600
    case .minute: 86_400
    case .fiveMinutes: 432_000
    case .quarterHour: 1_296_000
    }
  }

  var coarser: Tier? { Tier(rawValue: rawValue + 1) }

  /// The tier that keeps evenly spaced values of `step` seconds as they are.
  static func holding(step: Int64) -> Tier {
    allCases.last { $0.step <= step } ?? .raw
  }

  /// The window that holds `time`; times before 1970 are never stored.
  func window(of time: Int64) -> Int64 { time / window }
}

/// Where a chunk lies: tier, then window, then series, packed into the row's key, so that a seal
/// appends to the end of a table, retention drops its front, and one series' chunk is one look-up.
struct ChunkKey: Hashable, Sendable {
  var tier: Tier
  /// Seconds since 1970 divided by the tier's window.
  var window: Int64
  var series: Int64

  /// The rowid: 2 bits of tier, 28 of window, 32 of series.
  var packed: Int64 { Int64(tier.rawValue) << 60 | window << 32 | series }

  /// The first second of the window.
  var start: Int64 { window * tier.window }
}
