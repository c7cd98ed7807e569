/// An absolute, idempotent order to a platform: "be N" or "be at least N".
public struct ScaleCommand: Sendable, Equatable, Codable {
  public enum Kind: String, Sendable, Codable {
    /// The platform's own scaling stays in charge and may go higher.
    case floor
    /// The size itself.
    case desired
    /// The number of replicas that stand by, started up and not serving.
    case warmPool = "warm_pool"
  }

  /// The decision behind the command; sent again with the same id it has no further effect.
  public var decision: DecisionID
  public var service: ServiceID
  public var kind: Kind
  public var replicas: Int
  /// Grows with every change of leadership; a platform that can compare refuses an older one.
  public var fencingToken: Int64
  /// After this instant the command must not be sent any more: the world has moved on.
  public var validUntil: Timestamp
  private var explanation: Explanation

  private enum CodingKeys: String, CodingKey {
    case decision, service, kind, replicas, fencingToken, validUntil
    case explanation = "reason"
  }

  /// The decision's trail in words, for whoever looks at the platform; empty if unknown. Put into
  /// words when it is asked for: most commands are sent to platforms that do not ask.
  public var reason: String {
    get { explanation.text }
    set { explanation = .words(newValue) }
  }

  /// Tells this command from every other one of its service, for receivers that drop what they have
  /// seen: `token-decision-validity`. The validity, since a store that was restored from a copy
  /// counts its decisions from where the copy ends.
  public var occurrence: String { "\(fencingToken)-\(decision)-\(validUntil.seconds)" }

  public init(
    decision: DecisionID, service: ServiceID, kind: Kind, replicas: Int, fencingToken: Int64,
    validUntil: Timestamp, reason: String = ""
  ) {
    self.decision = decision
    self.service = service
    self.kind = kind
    self.replicas = replicas
    self.fencingToken = fencingToken
    self.validUntil = validUntil
    explanation = .words(reason)
  }

  /// The command of a decision, for the decision's reasons.
  public init(
    _ decision: Decision, kind: Kind, replicas: Int, fencingToken: Int64, validUntil: Timestamp
  ) {
    self.init(
      decision: decision.id, service: decision.service, kind: kind, replicas: replicas,
      fencingToken: fencingToken, validUntil: validUntil)
    explanation = .trail(decision.trail)
  }
}

/// A command's reasons, in words or still as rules. Equal words are equal reasons.
private enum Explanation: Sendable, Equatable, Codable {
  case words(String)
  case trail([Rule])

  var text: String {
    switch self {
    case .words(let words): words
    case .trail(let trail): trail.map(\.description).joined(separator: " · ")
    }
  }

  static func == (left: Explanation, right: Explanation) -> Bool { left.text == right.text }

  init(from decoder: any Decoder) throws {
    self = .words(try decoder.singleValueContainer().decode(String.self))
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}

/// What became of a command.
public enum ScaleOutcome: Sendable, Equatable, Codable {
  /// The platform accepted; `replicas` is what it now aims at, after its own limits.
  case accepted(replicas: Int)
  /// It already was what was asked for; nothing was sent.
  case unchanged
  /// The platform refused and will refuse again; the sentence says why.
  case refused(String)
  /// Not known whether it took effect; the next observation tells.
  case unknown(String)
  /// It was not sent: too late, superseded, or the mode allows no writes.
  case notSent(String)
}

extension ScaleOutcome {
  /// The outcome's name in stored rows and metrics, without its details.
  public var name: String {
    switch self {
    case .accepted: "accepted"
    case .unchanged: "unchanged"
    case .refused: "refused"
    case .unknown: "unknown"
    case .notSent: "not_sent"
    }
  }
}

/// Identifies a decision: the service's own count of decisions, never used twice.
public struct DecisionID: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  public var number: Int64

  public init(_ number: Int64) { self.number = number }

  public var description: String { String(number) }

  public static func < (left: DecisionID, right: DecisionID) -> Bool { left.number < right.number }

  public init(from decoder: any Decoder) throws {
    number = try decoder.singleValueContainer().decode(Int64.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(number)
  }
}
