/// One measured value of a service, as it is pushed, imported or pulled.
public struct Sample: Sendable, Equatable {
  public enum Metric: String, Sendable, Codable, CaseIterable {
    /// Requests per second, the mean over the sample's resolution, which starts at `time`.
    case rate
    /// Requests waiting at `time`.
    case queue
    /// Replicas serving at `time`.
    case ready
  }

  public var service: ServiceID
  public var metric: Metric
  public var time: Timestamp
  public var value: Double

  /// The largest value taken; above it a number is a unit error, not a load.
  public static let ceiling = 1e12

  public init(service: ServiceID, metric: Metric, time: Timestamp, value: Double) {
    self.service = service
    self.metric = metric
    self.time = time
    self.value = value
  }

  /// Why the sample cannot be stored; nil if it can. `now` bounds the future: a sample more than a
  /// minute ahead of it would move "newest" for everybody who asks.
  public func refusal(now: Timestamp) -> SampleRefusal? {
    if !value.isFinite { return .notFinite }
    if value < 0 { return .negative }
    if value > Self.ceiling { return .tooLarge }
    if time.seconds <= 0 || time > .latest { return .outOfRange }
    if time > now + .seconds(60) { return .inTheFuture }
    return nil
  }
}

/// Why a sample was not taken.
public enum SampleRefusal: String, Sendable, Equatable, Codable {
  case notFinite = "not_finite"
  case negative
  case tooLarge = "too_large"
  case outOfRange = "out_of_range"
  case inTheFuture = "in_the_future"
  /// More than an hour before its series' newest sample: such history is imported, not pushed.
  case tooOld = "too_old"
  /// Another value is stored for the same instant; the first one stays.
  case conflict
  case unknownService = "unknown_service"
}
