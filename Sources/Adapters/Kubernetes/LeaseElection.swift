/// Who leads, decided from one shared record as Kubernetes' client-go does it: the holder renews the
/// record; who sees it unchanged for its whole duration, on his own monotonic clock, may take it. No
/// two clocks are ever compared.
///
/// The holder stops leading after `renewDeadline` without a successful renewal, well before anybody
/// else may take over, as long as clocks run within `duration / renewDeadline` of each other. Because
/// a pause can still outlast any clock, each takeover has a higher fencing token, and commands carry
/// it. Pure: it says what to write; whoever drives it does the writing.
public struct LeaseElection: Sendable {
  public struct Settings: Sendable {
    /// Unique to this process.
    public var identity: String
    /// How long a record stands without being renewed.
    public var duration: Duration
    /// How long the holder leads on without being able to renew.
    public var renewDeadline: Duration
    /// The pause between rounds.
    public var retryPeriod: Duration

    /// client-go's defaults.
    public init(
      identity: String, duration: Duration = .seconds(15), renewDeadline: Duration = .seconds(10),
      retryPeriod: Duration = .seconds(2)
    ) {
      precondition(
        retryPeriod < renewDeadline && renewDeadline < duration,
        "a holder has to give up before others may take over")
      self.identity = identity
      self.duration = duration
      self.renewDeadline = renewDeadline
      self.retryPeriod = retryPeriod
    }
  }

  public struct Record: Sendable, Equatable {
    /// Empty after a release.
    public var holder: String
    public var duration: Duration
    /// Changes with every renewal: a write that changes nothing would not fence a rival.
    public var renewals: Int64
    /// Takeovers so far; the fencing token of the holder.
    public var transitions: Int64

    public init(holder: String, duration: Duration, renewals: Int64, transitions: Int64) {
      self.holder = holder
      self.duration = duration
      self.renewals = renewals
      self.transitions = transitions
    }
  }

  /// What to do with the record that was just read.
  public enum Step: Sendable, Equatable {
    case create(Record)
    /// Only onto the version that was read.
    case update(Record)
    case wait
  }

  public let settings: Settings
  private var seen: Record?
  private var seenAt: ContinuousClock.Instant?
  /// When the last successful renewal was begun.
  private var renewedAt: ContinuousClock.Instant?
  /// The token under which this process leads or led.
  public private(set) var fencingToken: Int64 = 0

  public init(_ settings: Settings) { self.settings = settings }

  /// - Parameter record: As just read; nil if there is none.
  public mutating func step(
    _ record: Record?, now: ContinuousClock.Instant
  ) -> Step {
    guard let record else {
      return .create(
        Record(
          holder: settings.identity, duration: settings.duration, renewals: 1, transitions: 1))
    }
    if record != seen {
      seen = record
      seenAt = now
    }
    var next = record
    next.renewals += 1
    next.holder = settings.identity
    next.duration = settings.duration
    if record.holder == settings.identity, isLeader(at: now),
      record.transitions == fencingToken
    {
      return .update(next)
    }
    let stands = max(record.duration, settings.duration)
    let isFree = record.holder.isEmpty || now >= (seenAt ?? now) + stands
    guard isFree else { return .wait }
    next.transitions += 1
    return .update(next)
  }

  /// The write of a step succeeded.
  ///
  /// - Parameter begun: When it was sent; leadership counts from there.
  public mutating func wrote(_ record: Record, begun: ContinuousClock.Instant) {
    seen = record
    seenAt = begun
    guard record.holder == settings.identity else {
      renewedAt = nil
      return
    }
    renewedAt = begun
    fencingToken = record.transitions
  }

  /// Whether this process may command at `now`.
  public func isLeader(at now: ContinuousClock.Instant) -> Bool {
    guard let renewedAt else { return false }
    return now < renewedAt + settings.renewDeadline
  }

  /// The record that hands leadership over at once; nil if this process does not lead.
  public func release(_ record: Record?, now: ContinuousClock.Instant) -> Record? {
    guard var record, record.holder == settings.identity, isLeader(at: now) else { return nil }
    record.holder = ""
    record.renewals += 1
    return record
  }
}
