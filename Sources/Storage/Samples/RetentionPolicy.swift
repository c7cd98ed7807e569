/// How long what is kept, counted back from each series' newest sample; journal and decisions from
/// now.
public struct RetentionPolicy: Sendable, Equatable {
  /// Samples as they came; afterwards as 1-minute means, maxima and counts.
  public var raw: Duration = .seconds(48 * 3600)
  /// Afterwards 5 minutes.
  public var oneMinute: Duration = .seconds(35 * 86_400)
  /// Afterwards 15 minutes.
  public var fiveMinutes: Duration = .seconds(70 * 86_400)
  /// Afterwards nothing.
  public var fifteenMinutes: Duration = .seconds(400 * 86_400)
  /// Journal entries that a snapshot has made dispensable.
  public var journal: Duration = .seconds(7 * 86_400)
  /// Decisions, commands and outcomes.
  public var decisions: Duration = .seconds(400 * 86_400)

  public init() {}

  func duration(of tier: Tier) -> Duration {
    switch tier {
    case .raw: raw
    case .minute: oneMinute
    case .fiveMinutes: fiveMinutes
    case .quarterHour: fifteenMinutes
    }
  }
}
