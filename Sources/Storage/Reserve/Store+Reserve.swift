public import Domain
import GRDB

/// While the disk is full or the file is locked the journal and the decisions go to a small file that
/// was written when there was room, and from there into the tables as soon as these take them. As with
/// the tables, what a call returned from is on the disk. A store whose tables do not take what a process
/// that died left there does not open: its past would lack it.
extension Store {
  /// Whether something in the reserve is not in the tables yet.
  public var isOnReserve: Bool { reserve?.isUsed ?? false }

  /// How much of the reserve is used, 0 to 1; nil where there is none.
  public var reserveShare: Double? { reserve?.share }

  /// As `appendEvents`.
  public func reserveEvents(_ entries: [JournalEntry]) async throws(StoreError) -> Int64 {
    try await usableReserve().append(entries, after: lastSequence())
  }

  /// As `recordDecisions`.
  public func reserveDecisions(
    _ decisions: [Decision], commands: [ScaleCommand]
  ) async throws(StoreError) {
    try await usableReserve().append(.decisions(decisions, commands))
  }

  /// As `recordOutcome`.
  public func reserveOutcome(
    of decision: DecisionID, service: ServiceID, _ outcome: ScaleOutcome, at time: Timestamp
  ) async throws(StoreError) {
    try await usableReserve().append(.outcome(decision, service, outcome, at: time))
  }

  /// Moves what is in the reserve into the tables. Once more is fine: a crash in between repeats it.
  public func restoreReserve() async throws(StoreError) {
    guard let reserve else { return }
    while reserve.isUsed {
      let (records, end) = reserve.waiting()
      try await write { db in for record in records { try Self.restore(record, db) } }
      if reserve.forget(until: end) { return }
    }
  }

  /// What a process that died left there; nothing can have come since.
  static func restore(_ reserve: Reserve, _ database: any DatabaseWriter) throws {
    let (records, end) = reserve.waiting()
    try database.write { db in for record in records { try restore(record, db) } }
    _ = reserve.forget(until: end)
  }

  private func usableReserve() throws(StoreError) -> Reserve {
    if let failure { throw failure }
    guard let reserve else { throw .full(file: file) }
    return reserve
  }

  private static func restore(_ record: Reserve.Record, _ db: Database) throws {
    switch record {
    case .events(let first, let entries): try insert(entries, numberedFrom: first, db)
    case .decisions(let decisions, let commands): try insert(decisions, commands, db)
    case .outcome(let decision, let service, let outcome, let time):
      _ = try update(decision, service, outcome, at: time, db)
    }
  }
}
