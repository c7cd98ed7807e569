public import Domain

/// Something that goes wrong on the simulated platform during `[from, to)`.
public struct SimulatedFault: Sendable, Equatable, Codable {
  public enum Kind: Sendable, Equatable, Codable {
    /// Growth is refused for lack of capacity.
    case launchRefused
    /// Replicas take this many times as long to boot.
    case bootSlow(factor: Double)
    /// Commands are accepted and nothing happens.
    case withoutEffect
    /// Growth is accepted and only this share of it, rounded down, is started.
    case partialEffect(share: Double)
    /// Commands fail with `CloudError.unavailable`, readings are unknown.
    case unavailable
    /// Commands take effect and fail with `CloudError.unknownResult`.
    case answerLost
  }

  public var kind: Kind
  public var from: Timestamp
  public var to: Timestamp

  public init(_ kind: Kind, from: Timestamp, to: Timestamp) {
    self.kind = kind
    self.from = from
    self.to = to
  }
}
