import Domain
import GRDB
import Synchronization

/// When and how the head's points move into chunks: in rounds over all series, a slice after each
/// transaction, so that no caller waits for a whole round.
struct Sealing: Sendable {
  /// A round starts when the head holds this many points (64 MB), …
  static let mostPoints = 4_000_000
  /// … when their batches take this much of the file, …
  static let mostBytes = 64 << 20
  /// … or when the oldest has waited this long.
  static let longestWait = Duration.seconds(600)
  /// Points of one slice at least.
  static let slice = 4096

  struct Round: Sendable {
    /// Everything up to this batch is in chunks when the round ends.
    var lastBatch: Int64
    var next = 0
    /// Series beyond this one are newer than `lastBatch`.
    var end: Int
  }

  var round: Round?
  private var unsealedBytes = 0
  private var since: ContinuousClock.Instant?

  /// - Parameter points: unsealed points found on the disk.
  init(recovered points: Int) {
    if points > 0 { since = .now }
  }

  mutating func note(bytes: Int) {
    unsealedBytes += bytes
    if since == nil { since = .now }
  }

  func isDue(points: Int) -> Bool {
    guard let since else { return false }
    return points >= Self.mostPoints || unsealedBytes >= Self.mostBytes
      || since.duration(to: .now) >= Self.longestWait
  }

  mutating func begin(lastBatch: Int64, series: Int) {
    round = Round(lastBatch: lastBatch, end: series)
    unsealedBytes = 0
    since = nil
  }
}

extension SampleStore {
  /// Seals a slice if a round is under way or due. Runs on the writer.
  func sealStep(_ db: Database, afterTaking taken: Int) throws {
    let (points, series) = head.withLock { ($0.pointCount, $0.series.count) }
    let round = try sealing.withLock { sealing -> Sealing.Round? in
      if sealing.round == nil, sealing.isDue(points: points) {
        sealing.begin(lastBatch: try lastBatch(db), series: series)
      }
      return sealing.round
    }
    guard let round else { return }
    let advanced = try seal(round, points: max(Sealing.slice, 2 * taken), db)
    sealing.withLock { $0.round = advanced }
  }

  /// Starts a round over everything that is unsealed now. Runs on the writer.
  func beginSealing(_ db: Database) throws {
    let (points, series) = head.withLock { ($0.pointCount, $0.series.count) }
    guard points > 0 else { return }
    let last = try lastBatch(db)
    sealing.withLock { $0.begin(lastBatch: last, series: series) }
  }

  /// Seals a slice of the round; false when there is none. Runs on the writer.
  func sealSlice(_ db: Database) throws -> Bool {
    try recoveringOnError(db) {
      guard let round = sealing.withLock({ $0.round }) else { return false }
      let advanced = try seal(round, points: 1 << 15, db)
      sealing.withLock { $0.round = advanced }
      return advanced != nil
    }
  }

  private func lastBatch(_ db: Database) throws -> Int64 {
    try Int64.fetchOne(db, sql: "SELECT max(id) FROM batches") ?? 0
  }

  /// One slice in one transaction; nil when the round is over. Needs no fsync of its own: until a
  /// later commit reaches the disk, the batches are there as well.
  private func seal(_ round: Sealing.Round, points budget: Int, _ db: Database) throws
    -> Sealing.Round?
  {
    var round = round
    var sealed: [SeriesState] = []
    try db.execute(sql: "PRAGMA synchronous = NORMAL")
    defer { try? db.execute(sql: "PRAGMA synchronous = FULL") }
    try db.inTransaction(.immediate) {
      var count = 0
      while round.next < round.end && count < budget {
        var state = head.withLock { $0.series[round.next] }
        round.next += 1
        guard !state.points.isEmpty else { continue }
        count += state.points.count
        try seal(&state, db)
        sealed.append(state)
      }
      if round.next == round.end {
        try db.cachedStatement(sql: "DELETE FROM batches WHERE id <= ?")
          .execute(arguments: [round.lastBatch])
      }
      return .commit
    }
    head.withLock { head in
      while let state = sealed.popLast() {
        guard let position = head.position(ofID: state.id) else { continue }
        head.pointCount -= state.points.count
        head.series[position].lastRawWindow = state.lastRawWindow
        head.series[position].hasChunks = true
        head.series[position].points.removeAll(keepingCapacity: true)
      }
    }
    return round.next == round.end ? nil : round
  }

  private func seal(_ state: inout SeriesState, _ db: Database) throws {
    var start = 0
    let firstWindow = Tier.raw.window(of: state.points[0].time)
    var window = firstWindow
    while start < state.points.count {
      window = Tier.raw.window(of: state.points[start].time)
      let windowEnd = (window + 1) * Tier.raw.window
      var end = start + 1
      while end < state.points.count && state.points[end].time < windowEnd { end += 1 }
      var section = Section(width: state.width, unit: state.width, kept: false)
      section.times = state.points[start..<end].map(\.time)
      section.values = state.points[start..<end].map(\.value)
      let key = ChunkKey(tier: .raw, window: window, series: state.id)
      if window > state.lastRawWindow {
        try ChunkTable.store([section], key, db)
      } else {
        try ChunkTable.merge(section, into: key, db)
      }
      start = end
    }
    if firstWindow != state.lastRawWindow || window != state.lastRawWindow {
      try ChunkTable.note(firstWindow...window, .raw, series: state.id, db)
    }
    state.lastRawWindow = max(state.lastRawWindow, window)
    state.hasChunks = true
    try SeriesTable.update(state, db)
  }
}
