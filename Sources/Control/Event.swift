public import Domain

/// What happens to a service, in the order in which the journal holds it. What is large and rare is
/// held apart, so that an observation is passed on in few bytes.
public enum Event: Sendable, Equatable {
  /// A control tick: what was seen.
  case observed(Observation)
  /// A fit ended well.
  indirect case fitted(FittedDemand)
  /// A fit ended without a model; the sentence says why. The last good model stays.
  case fitFailed(at: Timestamp, reason: String)
  /// What became of a command.
  case scaled(DecisionID, ScaleOutcome, at: Timestamp)
  /// An operator fixed the size, or lifted that (nil).
  case overridden(SizeOverride?, at: Timestamp)
  /// An operator froze the size until an instant, or lifted that (nil).
  case frozen(until: Timestamp?, at: Timestamp)
  /// A configuration came into force.
  indirect case configured(ServicePolicy, at: Timestamp)
  /// This process leads from now on (with a token that fences older leaders), or not (nil).
  case leadershipChanged(fencingToken: Int64?, at: Timestamp)
  /// The whole fleet's breaker opened (nothing may shrink), or closed.
  case shrinkingHeld(Bool, at: Timestamp)

  /// When it happened.
  public var time: Timestamp {
    switch self {
    case .observed(let observation): observation.time
    case .fitted(let fitted): fitted.deliveredAt
    case .fitFailed(let time, _), .scaled(_, _, let time), .overridden(_, let time),
      .frozen(_, let time), .configured(_, let time), .leadershipChanged(_, let time),
      .shrinkingHeld(_, let time):
      time
    }
  }
}

/// A size that an operator fixed until an instant.
public struct SizeOverride: Sendable, Equatable {
  public var replicas: Int
  public var until: Timestamp

  public init(replicas: Int, until: Timestamp) {
    self.replicas = replicas
    self.until = until
  }
}

/// What a driver has to do, in this order.
public enum Effect: Sendable, Equatable {
  /// Write the decision down, before anything else.
  case record(Decision)
  /// Send the command; post its outcome as an event.
  case scale(ScaleCommand)
  /// Leave the next hours' floors with the platform, if it can hold them.
  case plan(FloorPlan)
  /// Fit a model in the background; post the result as an event.
  case fit(FitRequest)
}

/// Asks for a fit on what was known at `time`.
public struct FitRequest: Sendable, Equatable {
  public var service: ServiceID
  public var time: Timestamp
  /// The step of the history to fit on.
  public var step: Duration
  /// The history's first instant.
  public var from: Timestamp
  /// From being started to serving, as measured by now: what the model has to look ahead.
  public var boot: Duration
  /// Whether there is no model yet, so that the new one has to prove itself.
  public var isFirst: Bool

  public init(
    service: ServiceID, time: Timestamp, step: Duration, from: Timestamp, boot: Duration,
    isFirst: Bool
  ) {
    self.service = service
    self.time = time
    self.step = step
    self.from = from
    self.boot = boot
    self.isFirst = isFirst
  }
}
