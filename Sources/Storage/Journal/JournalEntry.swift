public import Domain

/// An event as the journal keeps it: the store does not know what the bytes mean.
public struct JournalEntry: Sendable, Equatable {
  public var service: ServiceID
  public var time: Timestamp
  /// What kind of event, for people and for filters.
  public var kind: String
  /// The version of the bytes' layout.
  public var version: Int
  public var bytes: [UInt8]
  /// The hash of the model that the event speaks of; it is kept as long as the entry.
  public var model: String?

  public init(
    service: ServiceID, time: Timestamp, kind: String, version: Int, bytes: [UInt8],
    model: String? = nil
  ) {
    self.service = service
    self.time = time
    self.kind = kind
    self.version = version
    self.bytes = bytes
    self.model = model
  }
}

/// An entry with its place in the journal.
public struct JournalEvent: Sendable, Equatable {
  /// Ascending, without gaps within one `appendEvents`, never used twice.
  public var sequence: Int64
  public var entry: JournalEntry
}

/// A service's state after the events up to `sequence`.
public struct Snapshot: Sendable, Equatable {
  public var service: ServiceID
  public var sequence: Int64
  public var version: Int
  public var bytes: [UInt8]
  /// The hash of the model that the state uses; it is kept as long as the snapshot.
  public var model: String?

  public init(
    service: ServiceID, sequence: Int64, version: Int, bytes: [UInt8], model: String? = nil
  ) {
    self.service = service
    self.sequence = sequence
    self.version = version
    self.bytes = bytes
    self.model = model
  }
}

/// A fitted model. A fit is never repeated: its result is stored.
public struct StoredModel: Sendable, Equatable {
  public var service: ServiceID
  public var hash: String
  public var kind: String
  public var version: Int
  public var bytes: [UInt8]
  public var fittedAt: Timestamp

  public init(
    service: ServiceID, hash: String, kind: String, version: Int, bytes: [UInt8],
    fittedAt: Timestamp
  ) {
    self.service = service
    self.hash = hash
    self.kind = kind
    self.version = version
    self.bytes = bytes
    self.fittedAt = fittedAt
  }
}
