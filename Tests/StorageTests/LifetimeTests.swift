import Domain
import GRDB
import Testing

@testable import Storage

@Suite("A store over weeks")
struct LifetimeTests {
  private static let day: Int64 = 86_400

  /// Short retention, so that weeks take samples through every tier.
  private static var policy: RetentionPolicy {
    var policy = RetentionPolicy()
    policy.raw = .seconds(3600)
    policy.oneMinute = .seconds(day)
    policy.fiveMinutes = .seconds(5 * day)
    policy.fifteenMinutes = .seconds(20 * day)
    return policy
  }

  /// A day of samples every 30 s, with single samples and whole hours missing.
  private func samples(of day: Int64) throws -> [Sample] {
    try (0..<2880).compactMap { index in
      let isMissing = index % 17 == 5 || (index / 120 == Int(day % 24))
      return isMissing
        ? nil : try sample("web", day * Self.day + Int64(index) * 30, Double(index * 7 % 101))
    }
  }

  @Test("Live samples pass through 1, 5 and 15 minutes with their means, maxima and gaps")
  func tiers() async throws {
    let store = try Store.inMemory()
    let asTheyCame = try Store.inMemory()
    let days: Int64 = 18
    for day in 0..<days {
      let now = monday + .seconds((day + 1) * Self.day)
      for each in [store, asTheyCame] { _ = try await each.append(try samples(of: day), now: now) }
      try await store.sealAll()
      try await store.retain(Self.policy, now: now)
    }
    let points: [String: Int] = try await store.read { db in
      try Row.fetchAll(db, sql: "SELECT tier, sum(points) FROM chunks_plain GROUP BY tier")
        .reduce(into: [:]) { $0[$1[0]] = $1[1] }
    }
    #expect(Set(points.keys) == ["raw", "1m", "5m", "15m"], "\(points)")
    let end = monday + .seconds(days * Self.day)
    for statistic in [SampleStatistic.mean, .maximum] {
      let (kept, whole) = (
        try await store.series(
          of: try service("web"), metric: .rate, from: monday, to: end, step: .seconds(900),
          statistic: statistic),
        try await asTheyCame.series(
          of: try service("web"), metric: .rate, from: monday, to: end, step: .seconds(900),
          statistic: statistic)
      )
      #expect(whole.values.contains { $0.isNaN } && kept.count == whole.count)
      for (index, (kept, whole)) in zip(kept.values, whole.values).enumerated() {
        #expect(
          kept.isNaN && whole.isNaN || ValueColumn.isSame(kept, whole),
          "\(statistic), step \(index): \(kept), was \(whole)")
      }
    }
  }

  @Test("What retention frees is used again: the file of a store that forgets stops growing")
  func size() async throws {
    let directory = try TemporaryDirectory()
    let store = try Store.open(directory.store)
    var pages: [Int64: Int] = [:]
    for day in Int64(0)..<100 {
      let now = monday + .seconds((day + 1) * Self.day)
      _ = try await store.append(try samples(of: day), now: now)
      try await store.sealAll()
      try await store.retain(Self.policy, now: now)
      pages[day] = try await store.read { try Int.fetchOne($0, sql: "PRAGMA page_count") } ?? 0
    }
    let (settled, last) = (try #require(pages[49]), try #require(pages[99]))
    #expect(last <= settled + settled / 10, "\(settled) pages after 50 days, \(last) after 100")
    let oldest = try await store.read {
      try String.fetchOne($0, sql: "SELECT min(first) FROM samples_plain")
    }
    #expect(try #require(oldest) > "2026-11-23 00:00:00", "something was forgotten")
  }
}
