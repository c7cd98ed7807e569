public import Domain
public import Forecasting

/// A model that a fit produced: complete, as of the end of the history that it was fitted on.
public struct FittedDemand: Sendable, Equatable {
  public var model: LeadDemand
  /// The end of the history: the start of the first step that the model has not seen.
  public var through: Timestamp
  /// When the result was handed over.
  public var deliveredAt: Timestamp
  /// Names the model's bytes, under which it is stored once.
  public var hash: ContentHash

  public init(model: LeadDemand, through: Timestamp, deliveredAt: Timestamp) {
    self.model = model
    self.through = through
    self.deliveredAt = deliveredAt
    hash = ContentHash(of: Self.bytes(of: model))
  }

  /// The model as it is stored.
  public var modelBytes: [UInt8] { Self.bytes(of: model) }

  private static func bytes(of model: LeadDemand) -> [UInt8] {
    var writer = StateWriter()
    model.writeState(to: &writer)
    return writer.bytes
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
