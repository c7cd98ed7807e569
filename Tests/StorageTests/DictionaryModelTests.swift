import Domain
import Testing

@testable import Storage

/// The store against a dictionary that does the same the plain way, over random histories.
@Suite("Against a dictionary")
struct DictionaryModelTests {
  @Test("I-11 I-13: any history reads back as the dictionary says", arguments: 0..<40)
  func histories(seed: Int) async throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let directory = try TemporaryDirectory()
    var store = try Store.open(directory.store)
    let names = try ["web", "api", "db"].map(service)
    var model: [ServiceID: [Int64: Double]] = [:]
    let spacing = [1, 10, 15, 60].randomElement(using: &generator) ?? 15
    var clock: Int64 = 0
    for _ in 0..<40 {
      switch Int.random(in: 0..<10, using: &generator) {
      case 0: try await store.sealAll()
      case 1:
        if Bool.random(using: &generator) { try await store.close() }
        store = try Store.reopen(store, directory)
      default:
        var samples: [Sample] = []
        for _ in 0..<Int.random(in: 1...60, using: &generator) {
          let isLate = Int.random(in: 0..<8, using: &generator) == 0
          let steps = isLate ? -Int.random(in: 0..<200, using: &generator) : 1
          let second = max(0, clock + Int64(steps * spacing))
          if !isLate { clock = second }
          guard let name = names.randomElement(using: &generator) else { continue }
          samples.append(
            Sample(
              service: name, metric: .rate, time: monday + .seconds(second),
              value: Double(Int.random(in: 0...3, using: &generator))))
        }
        let verdicts = try await store.append(samples, now: monday + .seconds(86_400))
        for (sample, verdict) in zip(samples, verdicts) {
          let stored = model[sample.service]?[sample.time.seconds]
          let newest = model[sample.service]?.keys.max() ?? .min
          var expected: SampleRefusal?
          if let stored {
            expected = stored == sample.value ? nil : .conflict
          } else if newest != .min, sample.time.seconds < newest - 3600 {
            expected = .tooOld
          }
          #expect(verdict == expected, "seed \(seed): \(sample)")
          if stored == nil, expected == nil {
            model[sample.service, default: [:]][sample.time.seconds] = sample.value
          }
        }
      }
    }
    for name in names {
      let points = model[name] ?? [:]
      let newest = points.max { $0.key < $1.key }
      #expect(store.newest(of: name, metric: .rate)?.time.seconds == newest?.key, "seed \(seed)")
      // A step of one second sees every sample by itself.
      for (time, value) in points.sorted(by: { $0.key < $1.key }).suffix(40) {
        let at = Timestamp(seconds: time)
        let series = try await store.series(
          of: name, metric: .rate, from: at, to: at + .seconds(1), step: .seconds(1))
        #expect(series[0] == value, "seed \(seed): \(name) at \(at)")
      }
    }
  }

  @Test(
    "I-13: any order and repetition of an hour's batches ends in the same series", arguments: 0..<20
  )
  func permutations(seed: Int) async throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let web = try service("web")
    let batches: [[Sample]] = try (0..<12).map { batch in
      try (0..<20).map { (index: Int) -> Sample in
        let value = (batch * 7 + index * 3) % 50
        return try sample("web", Int64(batch * 20 + index) * 10, Double(value))
      }
    }
    var readings: [[Double]] = []
    for _ in 0..<3 {
      let store = try Store.inMemory()
      let order = (batches + batches).shuffled(using: &generator)
      for batch in order {
        let verdicts = try await store.append(batch, now: monday + .seconds(86_400))
        #expect(verdicts.allSatisfy { $0 == nil }, "seed \(seed)")
        if Int.random(in: 0..<4, using: &generator) == 0 { try await store.sealAll() }
      }
      readings.append(
        try await store.series(
          of: web, metric: .rate, from: monday, to: monday + .seconds(240 * 10),
          step: .seconds(10)
        ).values)
    }
    #expect(readings[0] == readings[1], "seed \(seed)")
    #expect(readings[1] == readings[2], "seed \(seed)")
    #expect(!readings[0].contains { $0.isNaN }, "seed \(seed)")
  }
}

extension Store {
  /// Opens the file again; without a `close` before, as after a crash: the first handle still holds
  /// the lock, so the file is copied as a dying process leaves it.
  static func reopen(_ store: Store, _ directory: TemporaryDirectory) throws -> Store {
    try directory.copyForCrash()
    return try Store.open(directory.store)
  }
}
