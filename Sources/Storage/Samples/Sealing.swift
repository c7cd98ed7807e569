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
    /// Points from here on stay in the head.
    var cutoff: Int64
    var next = 0
    /// Series beyond this one are newer than `lastBatch`.
    var end: Int
  }

  /// Batches one after the other that are not in chunks yet.
  struct Unsealed: Sendable {
    var lastBatch: Int64
    /// The raw window of the newest sample of these batches and the ones before.
    var window: Int64
    var points: Int
    var bytes: Int
  }

  var round: Round?
  /// By ascending window, so that there are few however many batches there are.
  private var unsealed: [Unsealed] = []
  private var since: ContinuousClock.Instant?

  mutating func note(batch: Int64, newest: Int64, points: Int, bytes: Int) {
    let window = Tier.raw.window(of: newest)
    if since == nil { since = .now }
    guard let last = unsealed.indices.last, window <= unsealed[last].window else {
      unsealed.append(
        Unsealed(lastBatch: batch, window: window, points: points, bytes: bytes))
      return
    }
    unsealed[last].lastBatch = batch
    unsealed[last].points += points
    unsealed[last].bytes += bytes
  }

  /// Starts a round if one is due.
  mutating func beginIfDue(series: Int) {
    guard round == nil, let since else { return }
    if since.duration(to: .now) >= Self.longestWait {
      begin(series: series)
    } else if unsealed.reduce(0, { $0 + $1.points }) >= Self.mostPoints
      || unsealed.reduce(0, { $0 + $1.bytes }) >= Self.mostBytes
    {
      beginWithWholeWindows(series: series)
    }
  }

  /// Starts a round over everything.
  mutating func begin(series: Int) {
    guard let last = unsealed.last else { return }
    round = Round(lastBatch: last.lastBatch, cutoff: .max, end: series)
    unsealed = []
    since = nil
  }

  /// Leaves the newest window for later if that is the smaller part: a chunk that is written once
  /// costs half of one that is read, merged and written again.
  mutating func beginWithWholeWindows(series: Int) {
    let whole = unsealed.dropLast()
    guard let newest = unsealed.last, let last = whole.last,
      whole.reduce(0, { $0 + $1.points }) >= newest.points
    else {
      begin(series: series)
      return
    }
    round = Round(
      lastBatch: last.lastBatch, cutoff: newest.window * Tier.raw.window, end: series)
    unsealed = [newest]
    since = .now
  }
}

extension SampleStore {
  /// Seals a slice if a round is under way or due. Runs on the writer.
  func sealStep(_ db: Database, afterTaking taken: Int) throws {
    let series = head.withLock { $0.series.count }
    let round = sealing.withLock { sealing in
      sealing.beginIfDue(series: series)
      return sealing.round
    }
    guard let round else { return }
    let advanced = try seal(round, points: max(Sealing.slice, 2 * taken), db)
    sealing.withLock { $0.round = advanced }
  }

  /// Starts a round over everything that is unsealed now. Runs on the writer.
  func beginSealing() {
    let series = head.withLock { $0.series.count }
    sealing.withLock { $0.begin(series: series) }
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

  /// What a slice has done with one series.
  private struct Sealed {
    var position: Int
    var points: Int
    var lastWindow: Int64
  }

  /// One slice in one transaction; nil when the round is over. Needs no fsync of its own: until a
  /// later commit reaches the disk, the batches are there as well.
  private func seal(_ round: Sealing.Round, points budget: Int, _ db: Database) throws
    -> Sealing.Round?
  {
    var round = round
    var sealed: [Sealed] = []
    try db.execute(sql: "PRAGMA synchronous = NORMAL")
    defer { try? db.execute(sql: "PRAGMA synchronous = FULL") }
    try db.inTransaction(.immediate) {
      var count = 0
      while round.next < round.end && count < budget {
        let position = round.next
        let state = head.withLock { $0.series[position] }
        round.next += 1
        let points = state.points.count
        let due = round.cutoff == .max ? points : state.search(round.cutoff).index
        guard due > 0 else { continue }
        count += due
        let lastWindow = try seal(state, Array(state.points.array[..<due]), db)
        sealed.append(Sealed(position: position, points: due, lastWindow: lastWindow))
      }
      if round.next == round.end {
        try db.cachedStatement(sql: "DELETE FROM batches WHERE id <= ?")
          .execute(arguments: [round.lastBatch])
      }
      return .commit
    }
    head.withLock { head in
      for done in sealed {
        head.pointCount -= done.points
        head.series[done.position].lastRawWindow = done.lastWindow
        head.series[done.position].hasChunks = true
        head.series[done.position].points.removeFirst(done.points)
      }
    }
    return round.next == round.end ? nil : round
  }

  /// - Returns: the last raw window with a chunk.
  private func seal(_ state: SeriesState, _ points: [Point], _ db: Database) throws -> Int64 {
    var state = state
    var start = 0
    let firstWindow = Tier.raw.window(of: points[0].time)
    var window = firstWindow
    while start < points.count {
      window = Tier.raw.window(of: points[start].time)
      let windowEnd = (window + 1) * Tier.raw.window
      var end = start + 1
      while end < points.count && points[end].time < windowEnd { end += 1 }
      var section = Section(width: state.width, unit: state.width, kept: false)
      section.times = points[start..<end].map(\.time)
      section.values = points[start..<end].map(\.value)
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
    try SeriesTable.update(state, db)
    return state.lastRawWindow
  }
}
