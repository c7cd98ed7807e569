import Domain
import GRDB
import Synchronization
import Testing

@testable import Storage

@Suite("Rounds of seals")
struct SealingTests {
  @Test(
    "A round that the number of points starts leaves the newest hour if that is the smaller part")
  func cutoff() throws {
    var sealing = Sealing()
    sealing.note(batch: 1, newest: 3600, points: 10, bytes: 1)
    sealing.note(batch: 2, newest: 3599, points: 10, bytes: 1)
    sealing.note(batch: 3, newest: 7200, points: 20, bytes: 1)
    sealing.beginWithWholeWindows(series: 1)
    var round = try #require(sealing.round)
    #expect(round.lastBatch == 2)
    #expect(round.cutoff == 7200)

    sealing.note(batch: 4, newest: 10_800, points: 21, bytes: 1)
    sealing.beginWithWholeWindows(series: 1)
    round = try #require(sealing.round)
    #expect(round.lastBatch == 4)
    #expect(round.cutoff == .max)
  }

  @Test("A round is due by points, by bytes, and never without samples")
  func due() {
    var sealing = Sealing()
    sealing.beginIfDue(series: 1)
    #expect(sealing.round == nil)
    sealing.note(batch: 1, newest: 3600, points: Sealing.mostPoints - 1, bytes: 1)
    sealing.beginIfDue(series: 1)
    #expect(sealing.round == nil)
    sealing.note(batch: 2, newest: 3600, points: 1, bytes: 1)
    sealing.beginIfDue(series: 1)
    #expect(sealing.round?.lastBatch == 2)
    sealing.round = nil
    sealing.note(batch: 3, newest: 3600, points: 1, bytes: Sealing.mostBytes)
    sealing.beginIfDue(series: 1)
    #expect(sealing.round?.lastBatch == 3)
  }

  @Test(
    "I-14 I-15: while only whole hours are sealed, samples are there once, before and after a crash"
  )
  func wholeHours() async throws {
    let directory = try TemporaryDirectory()
    let store = try Store.open(directory.store)
    let now = monday + .seconds(86_400)
    for tick in 0..<150 as Range<Int64> {
      let batch = try ["api", "web"].map { try sample($0, tick * 60, Double(tick)) }
      _ = try await store.append(batch, now: now)
    }
    try await store.database.writeWithoutTransaction { db in
      store.samples.sealing.withLock { $0.beginWithWholeWindows(series: 2) }
      while try store.samples.sealSlice(db) {}
    }
    func look(_ store: Store) async throws {
      for name in ["api", "web"] {
        let series = try await store.series(
          of: try service(name), metric: .rate, from: monday, to: monday + .seconds(9000),
          step: .seconds(60))
        #expect(series.values == (0..<150).map(Double.init))
      }
    }
    try await look(store)
    #expect(store.samples.head.withLock { $0.pointCount } == 60)
    let (batches, chunks) = try await store.read { db in
      (
        try Int.fetchOne(db, sql: "SELECT count(*) FROM batches"),
        try Int.fetchOne(db, sql: "SELECT count(*) FROM chunks")
      )
    }
    #expect(batches == 30)
    #expect(chunks == 4)
    // Known, in conflict, and late: of the sealed part and of the other.
    let again = [
      try sample("api", 3660, 61), try sample("api", 7260, 121), try sample("web", 7140, 7),
      try sample("web", 7260, 7), try sample("web", 7150, 119),
    ]
    let verdicts = try await store.append(again, now: now)
    #expect(verdicts == [nil, nil, .conflict, .conflict, nil])

    try directory.copyForCrash()
    let reopened = try Store.open(directory.store)
    try await look(reopened)
    try await reopened.sealAll()
    try await look(reopened)
    #expect(
      try await reopened.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM batches") } == 0)
    #expect(reopened.samples.head.withLock { $0.pointCount } == 0)
    #expect(try await reopened.append(again, now: now) == [nil, nil, .conflict, .conflict, nil])
  }
}
