/// What the core decided for one service at one tick, and every rule that moved it, in order.
public struct Decision: Sendable, Equatable, Codable {
  public var id: DecisionID
  public var service: ServiceID
  public var time: Timestamp
  /// Replicas that served or were on their way when the decision was made; nil if unknown.
  public var current: Int?
  /// Replicas wanted.
  public var target: Int
  /// What the demand alone asked for and what each guardrail made of it, in the order applied.
  public var trail: [Rule]

  public init(
    id: DecisionID, service: ServiceID, time: Timestamp, current: Int?, target: Int, trail: [Rule]
  ) {
    self.id = id
    self.service = service
    self.time = time
    self.current = current
    self.target = target
    self.trail = trail
  }

  /// What the reaction to the observed signals asked for, as it was made beside the forecast, before
  /// guardrails.
  public var reactiveTarget: Int? {
    var observed: Int?
    var drain = 0
    for rule in trail {
      switch rule {
      case .observed(let replicas, _): observed = replicas
      case .drain(let replicas, _): drain = replicas
      default: continue
      }
    }
    return observed.map { $0 + drain }
  }
}

extension Decision: CustomStringConvertible {
  /// One line, the same in logs, audit, simulator and tests:
  /// `09:30:00Z web 3→8  forecast 8 (640/s p90 at +120s) · queue 4 · step +6 → 8 · bounds 2…20`.
  public var description: String {
    let from = current.map(String.init) ?? "?"
    return "\(time.timeOfDay) \(service) \(from)→\(target)  \(reason)"
  }

  /// The trail alone.
  public var reason: String { trail.reason }
}

extension [Rule] {
  /// The entries in words, in their order.
  public var reason: String { map(\.description).joined(separator: " · ") }
}
