public import Domain

/// A decision with what was commanded and what became of it.
public struct RecordedDecision: Sendable, Equatable {
  public var decision: Decision
  /// Nil if nothing had to be sent.
  public var command: ScaleCommand?
  /// Nil if there was no command, or if it is not known yet what became of it.
  public var outcome: ScaleOutcome?
  /// When the outcome was recorded.
  public var resolvedAt: Timestamp?

  public init(
    decision: Decision, command: ScaleCommand? = nil, outcome: ScaleOutcome? = nil,
    resolvedAt: Timestamp? = nil
  ) {
    self.decision = decision
    self.command = command
    self.outcome = outcome
    self.resolvedAt = resolvedAt
  }
}

/// The columns of an outcome.
struct OutcomeColumns {
  var name: String
  var replicas: Int?
  var text: String?

  init(_ outcome: ScaleOutcome) {
    switch outcome {
    case .accepted(let replicas):
      name = "accepted"
      self.replicas = replicas
    case .unchanged: name = "unchanged"
    case .refused(let text):
      name = "refused"
      self.text = text
    case .unknown(let text):
      name = "unknown"
      self.text = text
    case .notSent(let text):
      name = "not_sent"
      self.text = text
    }
  }

  init(name: String, replicas: Int?, text: String?) {
    self.name = name
    self.replicas = replicas
    self.text = text
  }

  /// Nil for columns that no version wrote.
  var outcome: ScaleOutcome? {
    switch name {
    case "accepted": replicas.map { .accepted(replicas: $0) }
    case "unchanged": .unchanged
    case "refused": .refused(text ?? "")
    case "unknown": .unknown(text ?? "")
    case "not_sent": .notSent(text ?? "")
    default: nil
    }
  }
}
