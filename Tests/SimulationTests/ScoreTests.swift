import Domain
import Testing

@testable import Simulation

@Suite("Waits and scores")
struct ScoreTests {
  /// Waits read off the whole recorded run, as they are defined.
  static func waits(_ records: [StepRecord], dt: Double, ratePerReplica: Double) -> [Double] {
    var served = [0.0]
    for record in records { served.append((served.last ?? 0) + record.served) }
    return records.indices.map { index in
      guard records[index].queue > 1e-9 else { return 0 }
      let goal = served[index + 1] + records[index].queue
      var later = index + 1
      while later < records.count, served[later + 1] < goal - 1e-9 { later += 1 }
      let last = records[min(later, records.count - 1)]
      let capacity = Double(last.ready) * ratePerReplica * dt
      guard capacity > 0 else { return .infinity }
      return Double(later - index - 1) * dt + dt * (goal - served[later]) / capacity
    }
  }

  @Test("adding up while running equals reading the whole run", arguments: 0..<12)
  func streaming(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    let trace = Worlds.trace(days: 1, noise: 0.5, seed: random.next())
    let world = try Worlds.world(trace) {
      $0.fleet.queueLimit = seed % 2 == 0 ? 300 : 5000
      $0.arrivals = seed % 3 == 0 ? .poisson(seed: UInt64(seed)) : .fluid
      $0.fleet.minimum = seed % 4 == 0 ? 0 : 10
      $0.fleet.initial = 20
    }
    var records: [StepRecord] = []
    var run = SimulationRun(world: world)
    run.onStep = { records.append($0) }
    var policy: any SimulatedPolicy = RestlessPolicy(random: random)
    let card = run.run(&policy).scorecard

    #expect(records.map(\.step) == Array(0..<world.grid.count), "seed \(seed)")
    let expected = Self.waits(records, dt: 5, ratePerReplica: 1)
    for (record, wait) in zip(records, expected) where record.wait != wait {
      #expect(abs(record.wait - wait) < 1e-6, "seed \(seed), step \(record.step)")
    }
    var (late, admitted, arrived, dropped, last) = (0.0, 0.0, 0.0, 0.0, 0.0)
    var weighted: [(Double, Double)] = []
    for (record, wait) in zip(records, expected) {
      let weight = record.arrivals - record.dropped
      let (low, high) = (min(last, wait), max(last, wait))
      let share =
        high <= 0.2 ? 0 : low >= 0.2 || high == .infinity ? 1 : (high - 0.2) / (high - low)
      late += share * weight
      admitted += weight
      arrived += record.arrivals
      dropped += record.dropped
      weighted.append(((last + wait) / 2, weight))
      last = wait
    }
    weighted.sort { $0.0 < $1.0 }
    func quantile(_ share: Double) -> Double {
      var sum = 0.0
      return weighted.first { entry in
        sum += entry.1
        return sum >= share * admitted
      }?.0 ?? 0
    }
    #expect(abs(card.late - late / admitted) < 1e-9, "seed \(seed)")
    #expect(abs(card.dropped - dropped / arrived) < 1e-12, "seed \(seed)")
    for (value, share) in [(card.p50Wait, 0.5), (card.p99Wait, 0.99)] {
      let wanted = quantile(share)
      #expect(value == wanted || abs(value - wanted) < 1e-6, "seed \(seed) p\(share)")
    }
    #expect(card.peakQueue == records.map(\.queue).max(), "seed \(seed)")
    #expect(
      card.replicaSeconds == Double(records.reduce(0) { $0 + $1.ready + $1.pending }) * 5,
      "seed \(seed)")
  }

  @Test("requests are neither lost nor made", arguments: 0..<6)
  func conservation(seed: Int) throws {
    let world = try Worlds.world(Worlds.trace(days: 1, seed: UInt64(seed))) {
      $0.fleet.queueLimit = 100
    }
    var (arrived, served, dropped, queue) = (0.0, 0.0, 0.0, 0.0)
    var run = SimulationRun(world: world)
    run.onStep = { record in
      arrived += record.arrivals
      served += record.served
      dropped += record.dropped
      queue = record.queue
    }
    var policy: any SimulatedPolicy = RestlessPolicy(random: SplitMix64(seed: UInt64(seed)))
    _ = run.run(&policy)
    #expect(abs(arrived - served - dropped - queue) < 1e-6 * arrived, "seed \(seed)")
  }

  @Test("p50 and p99 of known weights")
  func quantiles() {
    var waits = WaitQuantiles()
    for (wait, weight) in [(0.0, 50.0), (3, 1), (1, 48), (2, 1)] {
      waits.add(wait: wait, weight: weight)
    }
    #expect(waits.quantiles([0.5, 0.51, 0.98, 0.99, 1], total: 100) == [0, 1, 1, 2, 3])
    #expect(WaitQuantiles().quantiles([0.99], total: 0) == [0])
  }

  @Test("a great many waits are kept within one in ten thousand", arguments: [1, 2, 3] as [UInt64])
  func thinned(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var exact = WaitQuantiles()
    var bounded = WaitQuantiles(limit: 1000)
    var total = 0.0
    for _ in 0..<20_000 {
      let (wait, weight) = (100 * random.uniform() * random.uniform(), random.uniform())
      exact.add(wait: wait, weight: weight)
      bounded.add(wait: wait, weight: weight)
      total += weight
    }
    let shares = [0.5, 0.9, 0.99]
    let (all, few) = (
      exact.quantiles(shares, total: total), bounded.quantiles(shares, total: total)
    )
    for (full, thin) in zip(all, few) {
      #expect(thin >= full && thin <= full * (1 + 2e-4), "seed \(seed)")
    }
  }

  @Test("a burst is timed from its start to capacity and to the empty queue")
  func burst() throws {
    let world = try Worlds.world(Worlds.constant(10)) {
      $0.fleet.initial = 10
      $0.bursts = [
        Burst(
          start: .seconds(600), rise: .zero, hold: .seconds(600), fall: .zero, multiplier: 2)
      ]
    }
    // Ten replicas until step 126, then twenty-five boot for 12 steps: capacity at step 138,
    // 90 s after the burst's start; a queue of 900 then drains at 5/s within 180 s.
    var policy: any SimulatedPolicy = ScriptedPolicy(
      answers: Array(repeating: 10, count: 40) + [25])
    let score = try #require(SimulationRun(world: world).run(&policy).scorecard.bursts.first)
    #expect(score.timeToCapacity == 90)
    #expect(score.timeToDrain == 265)
    #expect(abs(score.peakQueue - 900) < 1e-9)
    #expect(!score.keepsObjective)
  }

  @Test("the worst moments are found, ordered and explained")
  func worst() throws {
    let world = try Worlds.world(Worlds.constant(10)) {
      $0.fleet.initial = 12
      $0.bursts = [
        Burst(start: .seconds(600), rise: .zero, hold: .seconds(60), fall: .zero, multiplier: 2),
        Burst(start: .seconds(5400), rise: .zero, hold: .seconds(120), fall: .zero, multiplier: 3),
      ]
    }
    var policy: any SimulatedPolicy = ScriptedPolicy(answers: [12])
    let worst = SimulationRun(world: world).run(&policy).worst
    #expect(worst.count == 2)
    #expect(worst.first?.first == 1080 && worst.first?.peakRate == 30)
    #expect(worst.first?.rateBefore == 10 && worst.first?.need == 30 && worst.first?.ready == 12)
    #expect(worst.map(\.cause) == [.burst(announced: false), .burst(announced: false)])
    #expect(worst[0].violations > worst[1].violations)
  }
}
