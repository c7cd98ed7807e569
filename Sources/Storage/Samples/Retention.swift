public import Domain
import GRDB
import Synchronization

extension Store {
  /// Condenses and drops what the policy no longer keeps: samples move to the next coarser tier in
  /// whole chunks of that tier, journal entries go that are older than the policy and covered by
  /// their service's snapshot, models that nothing refers to, and old decisions. Works in small
  /// transactions, so that other writers wait milliseconds; call it every hour or so.
  ///
  /// - Returns: the chunks and rows that went.
  /// - Throws: `.overloaded` while a reader keeps the log at its bound; nothing went then.
  @discardableResult
  public func retain(_ policy: RetentionPolicy, now: Timestamp) async throws(StoreError) -> Int {
    try await checkLog()
    try await sealAll()
    var gone = 0
    // Finest first: what leaves one tier may be due in the next at once.
    for tier in Tier.allCases {
      let due = try await dueForCondensing(tier, policy)
      var slice: [Condensing] = []
      var windows = 0
      for (index, condensing) in due.enumerated() {
        slice.append(condensing)
        windows += condensing.windows.count
        guard windows >= Self.windowsPerCommit || index == due.count - 1 else { continue }
        let ready = slice
        gone += try await write { db in try ready.reduce(0) { try $0 + $1.run(db) } }
        (slice, windows) = ([], 0)
      }
    }
    gone += try await trimJournal(before: now - policy.journal)
    gone += try await pruneModels()
    gone += try await trimDecisions(before: now - policy.decisions)
    return gone
  }

  private func checkLog() async throws(StoreError) {
    let isFull: Bool
    do {
      isFull = try await database.writeWithoutTransaction { self.samples.isLogFull($0) }
    } catch {
      throw StoreError(error, file: file)
    }
    if isFull { throw .overloaded(file: file) }
  }

  /// Chunks read by one transaction of retention: a few milliseconds.
  private static let windowsPerCommit = 48

  private func dueForCondensing(_ tier: Tier, _ policy: RetentionPolicy)
    async throws(StoreError) -> [Condensing]
  {
    let newest = samples.head.withLock { head in
      head.series.filter(\.hasChunks).map { (id: $0.id, newest: $0.newest) }
    }
    let target = (tier.coarser ?? tier).window
    let kept = policy.duration(of: tier).wholeSeconds
    return try await read { db in
      var due: [Condensing] = []
      for (series, newest) in newest {
        guard let open = try ChunkTable.unsettled(tier, series: series, db) else { continue }
        let cutoff = (newest - kept) / target * target / tier.window
        var window = open.lowerBound
        while window < cutoff && window <= open.upperBound {
          let perTarget = target / tier.window
          let last = min((window / perTarget + 1) * perTarget, cutoff) - 1
          due.append(Condensing(tier: tier, series: series, windows: window...last))
          window = last + 1
        }
      }
      return due
    }
  }
}
