import Domain
public import Forecasting

/// An event as the journal keeps it: a kind, a layout version and bytes.
///
/// Kinds are written out, so that renaming a Swift case never changes what old bytes mean. A fitted
/// model is not in the entry: it lies once in the store under its hash.
public struct EncodedEvent: Sendable, Equatable {
  public var kind: Kind
  public var version: Int
  public var bytes: [UInt8]

  public enum Kind: String, Sendable, CaseIterable {
    case observed, fitted, overridden, frozen, configured
    case fitFailed = "fit_failed"
    case scaled
    case leadershipChanged = "leadership_changed"
    case shrinkingHeld = "shrinking_held"
  }

  public init(kind: Kind, version: Int, bytes: [UInt8]) {
    self.kind = kind
    self.version = version
    self.bytes = bytes
  }
}

extension Event {
  static let layout = 3
  /// The oldest layout that is still read: until 2 a freeze had no end.
  static let oldestLayout = 2

  public var encoded: EncodedEvent {
    var writer = StateWriter()
    let kind: EncodedEvent.Kind
    switch self {
    case .observed(let observation):
      kind = .observed
      writer.write(observation)
    case .fitted(let fitted):
      kind = .fitted
      writer.write(fitted.hash.description)
      writer.write(fitted.through)
      writer.write(fitted.deliveredAt)
    case .fitFailed(let time, let reason):
      kind = .fitFailed
      writer.write(time)
      writer.write(reason)
    case .scaled(let decision, let outcome, let time):
      kind = .scaled
      writer.write(time)
      writer.write(Int(decision.number))
      writer.write(outcome)
    case .overridden(let override, let time):
      kind = .overridden
      writer.write(time)
      writer.write(override)
    case .frozen(let until, let time):
      kind = .frozen
      writer.write(time)
      writer.write(until)
    case .configured(let policy, let time):
      kind = .configured
      writer.write(time)
      writer.write(policy)
    case .leadershipChanged(let token, let time):
      kind = .leadershipChanged
      writer.write(time)
      writer.write(token.map { Int($0) })
    case .shrinkingHeld(let isHeld, let time):
      kind = .shrinkingHeld
      writer.write(time)
      writer.write(isHeld)
    }
    return EncodedEvent(kind: kind, version: Self.layout, bytes: writer.bytes)
  }

  /// Reads an event back.
  ///
  /// - Parameter model: Gives the bytes of a stored model by its hash, nil if it is gone.
  /// - Throws: `StateError` if the bytes are not an event of that kind and version, or the model of
  ///   a `fitted` event is missing.
  public init(
    _ encoded: EncodedEvent, model: (ContentHash) -> [UInt8]?
  ) throws(StateError) {
    guard (Self.oldestLayout...Self.layout).contains(encoded.version) else {
      throw .inconsistent("journal layout \(encoded.version) is not known to this version")
    }
    var reader = StateReader(encoded.bytes)
    switch encoded.kind {
    case .observed: self = .observed(try reader.readObservation())
    case .fitted:
      let hash = ContentHash(try reader.readText())
      let through = try reader.readTimestamp()
      let deliveredAt = try reader.readTimestamp()
      guard let bytes = model(hash) else {
        throw .inconsistent("the model \(hash) of a fit is not in the store")
      }
      self = .fitted(
        try FittedDemand(modelBytes: bytes, through: through, deliveredAt: deliveredAt))
    case .fitFailed:
      let time = try reader.readTimestamp()
      self = .fitFailed(at: time, reason: try reader.readText())
    case .scaled:
      let time = try reader.readTimestamp()
      let decision = DecisionID(Int64(try reader.readInt()))
      self = .scaled(decision, try reader.readOutcome(), at: time)
    case .overridden:
      let time = try reader.readTimestamp()
      self = .overridden(try reader.readOverride(), at: time)
    case .frozen:
      let time = try reader.readTimestamp()
      self =
        encoded.version < 3
        ? .frozen(until: try reader.readBool() ? .latest : nil, at: time)
        : .frozen(until: try reader.readOptionalTimestamp(), at: time)
    case .configured:
      let time = try reader.readTimestamp()
      self = .configured(try reader.readPolicy(), at: time)
    case .leadershipChanged:
      let time = try reader.readTimestamp()
      self = .leadershipChanged(
        fencingToken: try reader.readOptionalInt().map(Int64.init), at: time)
    case .shrinkingHeld:
      let time = try reader.readTimestamp()
      self = .shrinkingHeld(try reader.readBool(), at: time)
    }
    guard reader.remaining == 0 else {
      throw .inconsistent("\(reader.remaining) bytes follow the event")
    }
  }
}
