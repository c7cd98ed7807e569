public import Domain
public import Forecasting

/// A model that a fit produced: complete, as of the end of the history that it was fitted on.
public struct FittedDemand: Sendable, Equatable {
  public var model: LeadDemand
  /// From being started to serving: what the model looks ahead.
  public var boot: Duration
  /// What the promises of a first model were worth on a past that it had not seen.
  var trust: LeadTrust?
  var effects: EventEffects
  var outlook: FloorOutlook?
  /// The end of the history: the start of the first step that the model has not seen.
  public var through: Timestamp
  /// When the result was handed over.
  public var deliveredAt: Timestamp
  /// Names the model's bytes, under which it is stored once.
  public var hash: ContentHash

  init(
    model: LeadDemand, boot: Duration, trust: LeadTrust? = nil,
    effects: EventEffects = EventEffects(), outlook: FloorOutlook? = nil, through: Timestamp,
    deliveredAt: Timestamp
  ) {
    self.model = model
    self.boot = boot
    self.trust = trust
    self.effects = effects
    self.outlook = outlook
    self.through = through
    self.deliveredAt = deliveredAt
    hash = ContentHash("")
    hash = ContentHash(of: modelBytes)
  }

  /// What the learned events of the past multiplied demand by.
  public var uplifts: [LearnedUplift] { effects.learned }

  /// Whether the model has proven itself on a past that it had not seen; nil where it did not have
  /// to, or the history was too short.
  public var isProven: Bool? { trust.map { $0.grade == .full } }

  /// Everything but the times, as it is stored.
  public var modelBytes: [UInt8] {
    var writer = StateWriter()
    writer.write(tag: Self.stateTag, version: 2)
    model.writeState(to: &writer)
    writer.write(boot)
    writer.write(trust != nil)
    trust?.writeState(to: &writer)
    effects.writeState(to: &writer)
    writer.write(outlook)
    return writer.bytes
  }

  private static let stateTag: UInt8 = 0x46

  /// Reads what `modelBytes` wrote.
  public init(
    modelBytes bytes: [UInt8], through: Timestamp, deliveredAt: Timestamp
  ) throws(StateError) {
    var reader = StateReader(bytes)
    try reader.read(tag: Self.stateTag, versions: 2...2)
    let model = try LeadDemand(from: &reader)
    let boot = try reader.readDuration()
    let trust = try reader.readBool() ? try LeadTrust(from: &reader) : nil
    let effects = try EventEffects(from: &reader)
    self.init(
      model: model, boot: boot, trust: trust, effects: effects,
      outlook: try reader.readOutlook(), through: through, deliveredAt: deliveredAt)
  }
}

/// A name for bytes: equal bytes, equal name. It tells contents apart; it is no defence against
/// somebody who forges them.
public struct ContentHash: Hashable, Sendable, CustomStringConvertible {
  public let description: String

  /// Two FNV-1a hashes of 64 bits with different offset bases.
  public init(of bytes: [UInt8]) {
    var first: UInt64 = 0xcbf2_9ce4_8422_2325
    var second: UInt64 = 0x9ae1_6a3b_2f90_404f
    for byte in bytes {
      first = (first ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
      second = (second ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
      second ^= second >> 29
    }
    description = Self.hex(first) + Self.hex(second)
  }

  public init(_ text: String) { description = text }

  private static func hex(_ word: UInt64) -> String {
    let digits = String(word, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
