public import Domain

/// What is known of one service now: what the list, its page and `GET /v1/services` show.
public struct ServiceStatus: Sendable, Equatable {
  public enum Mode: String, Sendable {
    /// Looks and advises, commands nothing.
    case observe
    /// Commands a least size; the platform's own scaling stays in charge above it.
    case floor
    /// Commands the size.
    case desired
  }

  public var id: ServiceID
  public var mode: Mode
  /// Requests per second that one replica serves.
  public var ratePerReplica: Double
  public var minimum: Int
  public var maximum: Int
  /// Requests waiting that the objective allows; nil if it sets no limit.
  public var queueLimit: Double?
  /// The local time in which its pictures are read.
  public var offsets: UTCOffsets
  /// The newest tick; nil before the first. Its unknown fields are shown as unknown.
  public var observation: Observation?
  /// The newest decision; nil before the first.
  public var decision: Decision?
  /// What is wrong now, in whole sentences for the operator: a source that does not answer, too
  /// little history, a refused command. Empty if nothing is.
  public var problems: [String]
  /// Announced events, past and future.
  public var events: [AnnouncedEvent]
  /// Nil where nothing is measured.
  public var times: MeasuredTimes?
  /// How the forecast does; nil where there never was one.
  public var forecast: ForecastHealth?
  /// Whether demand has stayed far from what its seasons know for an hour.
  public var isLevelShifted = false
  /// The share of the objective's violation budget that is spent; nil where nothing is budgeted.
  public var violationBudgetSpent: Double?
  /// The size that an operator fixed, while it holds.
  public var override: FixedSize?
  /// Until when an operator froze the size, while that holds.
  public var frozenUntil: Timestamp?

  public init(
    id: ServiceID, mode: Mode, ratePerReplica: Double, minimum: Int, maximum: Int,
    queueLimit: Double? = nil, offsets: UTCOffsets = .utc, observation: Observation? = nil,
    decision: Decision? = nil, problems: [String] = [], events: [AnnouncedEvent] = [],
    times: MeasuredTimes? = nil
  ) {
    self.id = id
    self.mode = mode
    self.ratePerReplica = ratePerReplica
    self.minimum = minimum
    self.maximum = maximum
    self.queueLimit = queueLimit
    self.offsets = offsets
    self.observation = observation
    self.decision = decision
    self.problems = problems
    self.events = events
    self.times = times
  }
}

/// A surge that somebody announced.
public struct AnnouncedEvent: Sendable, Equatable {
  public var name: String
  public var from: Timestamp
  public var to: Timestamp

  public init(name: String, from: Timestamp, to: Timestamp) {
    self.name = name
    self.from = from
    self.to = to
  }
}
