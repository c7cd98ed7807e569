import Control
import Domain
import Testing

@Suite("Replicas that stand by")
struct StandbyTests {
  private let sizing = WarmPoolSizing(
    ratePerReplica: 1, boot: .seconds(300), warmBoot: .seconds(30))

  @Test("a sudden 3x at 10/s is kept under 2,000 by a pool, at 40/s by none")
  func reachable() {
    let small = sizing.recommend(WarmPoolSizing.Burst(rate: 10))
    #expect(small.isReachable)
    #expect(small.replicas >= 19, "two thirds of what is needed are missing: \(small)")
    #expect(small.peakQueue < 2000)
    #expect(small.capacityAfter <= .seconds(90))
    // (3 - 1.1) * 40 * 67.5 = 5,130 gather before the first replica serves.
    let large = sizing.recommend(WarmPoolSizing.Burst(rate: 40))
    #expect(!large.isReachable && large.replicas == 0)
    #expect(large.leastPeak > 2000)
    #expect(abs(large.unseenQueue - 1.9 * 40 * 67.5) < 1e-6)
    #expect(large.description.contains("no pool keeps 3x at 40/s"))
  }

  @Test("one replica fewer than recommended does not keep the target", arguments: [4, 8, 12, 16])
  func tight(rate: Int) {
    let burst = WarmPoolSizing.Burst(rate: Double(rate), rise: .seconds(60))
    let target = WarmPoolSizing.Target(queueMax: 2000, capacityWithin: .seconds(150))
    let advice = sizing.recommend(burst, target: target)
    #expect(advice.isReachable, "\(advice)")
    guard advice.replicas > 0 else { return }
    var stricter = target
    stricter.queueMax = advice.peakQueue + 1e-6
    stricter.capacityWithin = advice.capacityAfter
    #expect(sizing.recommend(burst, target: stricter).replicas == advice.replicas)
  }

  @Test("a larger burst never needs a smaller pool", arguments: [1.5, 2, 2.5, 3])
  func monotone(multiple: Double) {
    let target = WarmPoolSizing.Target(queueMax: 2000, capacityWithin: .seconds(120))
    let less = sizing.recommend(
      WarmPoolSizing.Burst(rate: 8, multiple: multiple), target: target)
    let more = sizing.recommend(
      WarmPoolSizing.Burst(rate: 8, multiple: multiple + 0.5), target: target)
    #expect(!more.isReachable || more.replicas >= less.replicas, "\(less) \(more)")
  }

  @Test("no burst, no pool; and rates of nothing trap nowhere")
  func nothing() {
    #expect(sizing.recommend(WarmPoolSizing.Burst(rate: 10, multiple: 1)).replicas == 0)
    #expect(sizing.recommend(WarmPoolSizing.Burst(rate: 0)).replicas == 0)
  }

  @Test("the pool is commanded once, as a decision of its own, and again only when it changes")
  func commands() throws {
    let service = try policy(ratePerReplica: 1) {
      $0.fleet.boot = .seconds(300)
      $0.fleet.standby = StandbyPolicy(burst: 3, max: 60)
    }
    var loop = ClosedLoop(service, ready: 12, at: Timestamp(seconds: 1_700_000_000))
    for _ in 0..<40 { loop.tick(10) }
    let pool = loop.commands.filter { $0.kind == .warmPool }
    let first = try #require(pool.first)
    #expect(pool.count == 1, "\(pool.map(\.replicas))")
    #expect(first.replicas >= 19 && first.replicas <= 60)
    #expect(Set(loop.commands.map(\.decision)).count == loop.commands.count)
    for _ in 0..<20 { loop.tick(16) }
    #expect(loop.commands.last { $0.kind == .warmPool }?.replicas ?? 0 > first.replicas)
  }

  @Test("an order out of the pool is expected after its warm start, not its cold one")
  func comesSooner() throws {
    var autoscaler = Autoscaler(policy: try policy(boot: .seconds(300)))
    let start = Timestamp(seconds: 1_700_000_000)
    var seen = Observation(
      time: start, rate: 1800, queue: 4000, ready: 10,
      pending: [PendingBatch(count: 15, since: start)], warm: 0)
    var cold = autoscaler
    _ = cold.handle(.observed(seen))
    seen.pending = [PendingBatch(count: 15, since: start, isWarm: true)]
    _ = autoscaler.handle(.observed(seen))
    let soon = try #require(autoscaler.lastProposal?.target)
    let late = try #require(cold.lastProposal?.target)
    #expect(soon < late)
  }

  @Test(
    "a climb above what serves is met where it will be when the pool's replicas serve",
    arguments: [(warm: 60, climbed: 70), (10, 36), (0, 0)])
  func climb(warm: Int, climbed: Int) throws {
    var autoscaler = Autoscaler(policy: try policy(ratePerReplica: 1, boot: .seconds(300)))
    let start = Timestamp(seconds: 1_700_000_000)
    // After the last step of 10 in 15 s come 52.5 s more of it: 35 + 35 = 70.
    for (tick, rate) in [20.0, 25, 35].enumerated() {
      _ = autoscaler.handle(
        .observed(
          Observation(
            time: start + .seconds(15 * tick), rate: rate, queue: 0, ready: 26, pending: [],
            warm: warm)))
      let trail = try #require(autoscaler.lastProposal).trail
      let expected =
        rate > 26 && warm > 0 ? [Rule.climbing(replicas: climbed, rate: 70)] : []
      #expect(trail.filter { if case .climbing = $0 { true } else { false } } == expected)
    }
    #expect(try #require(autoscaler.lastProposal).target >= climbed)
  }
}
