import Control
import Domain
import Testing

@testable import Simulation

@Suite("The warm pool that surprises ask for")
struct StandbyTests {
  static func world(_ rates: [Double], multiplier: Double = 3) throws -> SimulatedWorld {
    // Two hours at each rate, a burst in the middle.
    let values = rates.flatMap { Array(repeating: $0, count: 120) }
    let trace = TimeSeries(start: Worlds.start, step: .seconds(60), values: values)
    return try SimulatedWorld(
      Worlds.scenario(trace, after: 0) {
        $0.fleet.boot = .seconds(300)
        $0.fleet.warmPool = FleetModel.WarmPool(size: 0, boot: .seconds(30), cost: 0.1)
        $0.bursts = rates.indices.map { index in
          Burst(
            start: .seconds(7200 * index + 3000 + 600 * index), rise: .seconds(60),
            hold: .seconds(900), fall: .seconds(60), multiplier: multiplier)
        }
      }, trace: trace)
  }

  @Test("it is the smallest that keeps what any pool can keep, and one less does not")
  func smallest() async throws {
    let world = try Self.world([14])
    let policy = Worlds.specification(.reactive)
    let advice = try #require(await world.standbyAdvice(for: policy, workers: 2))
    #expect(advice == (await world.standbyAdvice(for: policy, workers: 1)))
    #expect(advice.size > 0 && advice.keptCount == 1)
    func kept(_ size: Int) throws -> Bool {
      let pool = FleetModel.WarmPool(size: size, boot: .seconds(30), cost: 0.1)
      var tuned = policy
      if let drain = advice.drain { tuned.scaling = ScalingPolicy(drain: drain) }
      let score = try #require(world.with(pool).run(tuned).scorecard.bursts.first)
      return advice.target.isKept(by: score, rise: .seconds(60))
    }
    #expect(try kept(advice.size))
    #expect(try !kept(advice.size - 1))
    #expect(advice.outcome.scorecard.availability >= advice.without.scorecard.availability)
  }

  @Test("a burst that no pool can keep is named with the least queue and its arithmetic")
  func unreachable() async throws {
    let advice = try #require(
      await Self.world([14, 60]).standbyAdvice(for: Worlds.specification(.reactive), workers: 2))
    #expect(advice.bursts.map(\.isKept) == [true, false])
    let large = advice.bursts[1]
    #expect(large.leastQueue >= advice.target.queue)
    let ratio = large.arithmetic.queue / large.leastQueue
    #expect(ratio > 0.7 && ratio < 1.1, "\(ratio)")
  }

  @Test("a pool that the policy itself sizes is there when the surprise comes, and is billed")
  func resizes() throws {
    let fixed = try Self.world([10, 14])
    let pool = FleetModel.WarmPool(
      size: 0, boot: .seconds(30), cost: 0.1, standby: StandbyPolicy(burst: 3, max: 80))
    var pooled: [Int] = []
    var billed = 0.0
    let outcome = fixed.with(pool).run(Worlds.specification(.reactive)) { record in
      pooled.append(record.pooled)
      billed += 5 * (Double(record.ready + record.pending) + 0.1 * Double(record.pooled))
    }
    let without = fixed.run(Worlds.specification(.reactive))
    #expect(abs(outcome.scorecard.replicaSeconds - billed) < 1e-6 * billed)
    // An hour after the start of each rate, before its burst.
    #expect(pooled[500] > 0 && pooled[1440 + 500] > pooled[500])
    for (with, without) in zip(outcome.scorecard.bursts, without.scorecard.bursts) {
      #expect(with.peakQueue < 2000 && without.peakQueue > 2000)
      #expect(with.timeToCapacity <= 90, "\(with.timeToCapacity)")
    }
  }

  @Test("what is announced asks for no pool")
  func announced() async throws {
    let trace = Worlds.constant(10)
    let world = try Worlds.world(trace) {
      $0.bursts = [
        Burst(
          start: .seconds(600), rise: .zero, hold: .seconds(600), fall: .zero, multiplier: 3,
          isAnnounced: true)
      ]
    }
    let advice = await world.standbyAdvice(for: Worlds.specification(.reactive), workers: 1)
    #expect(advice == nil)
  }

  static let sums: [(rise: Int, ready: Int, queue: Double)] = [
    // 20/s to 60/s at once: (60 - ready) for 67.5 s.
    (0, 20, 2700), (0, 30, 2025), (0, 60, 0),
    // Within 60 s: 1200 while it rises, 40 for 7.5 s; with 40 ready 300 and 150.
    (60, 20, 1500), (60, 40, 450),
    // Within 600 s only the first 67.5 s count: (40/600) 67.5² / 2.
    (600, 20, 151.875),
  ]

  @Test("the queue on paper is the area above capacity until an order serves", arguments: sums)
  func arithmetic(rise: Int, ready: Int, queue: Double) throws {
    var world = try Worlds.world(Worlds.constant(20)) { $0.fleet.boot = .seconds(30) }
    world = world.with(FleetModel.WarmPool(size: 1, boot: .seconds(30), cost: 0.1))
    var score = BurstScore(
      start: .zero, isAnnounced: false, kind: .surprise, timeToCapacity: 0, timeToDrain: 0)
    score.rateBefore = 20
    score.peakRate = 60
    score.readyBefore = ready
    let arithmetic = BurstArithmetic(score, rise: .seconds(rise), world: world)
    #expect(abs(arithmetic.queue - queue) < 1e-9, "\(arithmetic.queue)")
  }
}
