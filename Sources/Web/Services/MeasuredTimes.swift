import Domain

/// Times that are configured, beside what was measured of them.
public struct MeasuredTimes: Sendable, Equatable {
  /// From being started to serving, as configured.
  public var boot: Duration
  /// The same as seen: half of the replicas served within it; nil until enough were seen.
  public var bootMedian: Duration?
  /// 95 % of the replicas served within it.
  public var bootUpper: Duration?
  /// Starts that were seen.
  public var boots: Int
  /// How late the metrics are taken to be.
  public var lag: Duration
  /// How late they were when last looked at; nil where nobody can tell.
  public var measuredLag: Duration?

  public init(
    boot: Duration, bootMedian: Duration? = nil, bootUpper: Duration? = nil, boots: Int = 0,
    lag: Duration, measuredLag: Duration? = nil
  ) {
    self.boot = boot
    self.bootMedian = bootMedian
    self.bootUpper = bootUpper
    self.boots = boots
    self.lag = lag
    self.measuredLag = measuredLag
  }
}

extension MeasuredTimes {
  var json: JSON {
    [
      "boot": [
        "configured_seconds": .number(boot.inSeconds),
        "p50_seconds": .optional(bootMedian?.inSeconds),
        "p95_seconds": .optional(bootUpper?.inSeconds), "count": .integer(Int64(boots)),
      ],
      "lag": [
        "seconds": .number(lag.inSeconds),
        "measured_seconds": .optional(measuredLag?.inSeconds),
      ],
    ]
  }

  /// One line for the page.
  var sentence: String {
    var text = "Boot \(boot.shortText) as configured, "
    if let bootMedian, let bootUpper {
      text += "\(bootMedian.shortText) (half) and \(bootUpper.shortText) (95 %) of \(boots) seen"
    } else {
      text += boots == 0 ? "none seen yet" : "too few of \(boots) seen"
    }
    text += "; metrics late by \(lag.shortText)"
    if let measuredLag { text += ", measured \(measuredLag.shortText)" }
    return text + "."
  }
}
