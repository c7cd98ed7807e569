import Adapters
import Domain
import TestSupport
import Testing

@Suite("The simulated cloud")
struct SimulatedCloudTests {
  private let web: ServiceID
  private let time = ManualTime(0)

  init() throws { web = try #require(ServiceID("web")) }

  private func cloud(
    initial: Int? = 10, boot: Duration = .seconds(45), fleets: [ServiceID: SimulatedFleet] = [:],
    demand: @escaping SimulatedCloud.Demand = { _, _, _ in 0 }
  ) -> SimulatedCloud {
    SimulatedCloud(
      [
        web: .init(
          ratePerReplica: 10, boot: boot, initial: initial, min: 2, max: 100, queueLimit: 5000)
      ], demand: demand, now: { [time] in time.now }, fleets: fleets)
  }

  private func command(
    _ replicas: Int, decision: Int64, kind: ScaleCommand.Kind = .desired, token: Int64 = 0
  ) -> ScaleCommand {
    ScaleCommand(
      decision: DecisionID(decision), service: web, kind: kind, replicas: replicas,
      fencingToken: token, validUntil: Timestamp(seconds: 10_000))
  }

  private func reading(_ cloud: SimulatedCloud, at seconds: Int64) async throws -> FleetReading {
    time.set(seconds)
    return try #require(await cloud.observe([web], at: time.now).first)
  }

  @Test("growth boots, a later shrink cancels the latest boots first and takes effect at once")
  func booting() async throws {
    let cloud = cloud()
    #expect(try await reading(cloud, at: 0).ready == 10)
    #expect(try await cloud.apply(command(14, decision: 1)) == .accepted(replicas: 14))
    #expect(try await reading(cloud, at: 20).pending == [.init(count: 4, since: .init(seconds: 0))])
    #expect(try await cloud.apply(command(20, decision: 2)) == .accepted(replicas: 20))
    #expect(try await reading(cloud, at: 44).ready == 10)
    #expect(try await reading(cloud, at: 45).ready == 14)
    #expect(try await cloud.apply(command(15, decision: 3)) == .accepted(replicas: 15))
    #expect(
      try await reading(cloud, at: 46).pending == [.init(count: 1, since: .init(seconds: 20))])
    #expect(try await cloud.apply(command(5, decision: 4)) == .accepted(replicas: 5))
    let last = try await reading(cloud, at: 100)
    #expect(last.ready == 5)
    #expect(last.pending == [])
  }

  @Test("a warm pool obeys, is taken from first, and what is taken is replaced cold")
  func warmPool() async throws {
    let cloud = SimulatedCloud(
      [
        web: .init(
          ratePerReplica: 10, boot: .seconds(300), initial: 10, min: 2, max: 100,
          warmBoot: .seconds(30))
      ], demand: { _, _, _ in 0 }, now: { [time] in time.now })
    #expect(cloud.capabilities.hasWarmPool)
    #expect(try await reading(cloud, at: 0).warm == 0)
    #expect(
      try await cloud.apply(command(6, decision: 1, kind: .warmPool)) == .accepted(replicas: 6))
    #expect(try await reading(cloud, at: 299).warm == 0)
    #expect(try await reading(cloud, at: 300).warm == 6)
    #expect(try await cloud.apply(command(6, decision: 2, kind: .warmPool)) == .unchanged)
    #expect(try await cloud.apply(command(14, decision: 3)) == .accepted(replicas: 14))
    let taken = try await reading(cloud, at: 301)
    #expect(taken.warm == 2)
    #expect(taken.pending == [.init(count: 4, since: .init(seconds: 300), isWarm: true)])
    #expect(try await reading(cloud, at: 330).ready == 14)
    #expect(try await reading(cloud, at: 599).warm == 2)
    #expect(try await reading(cloud, at: 600).warm == 6)
    _ = try await cloud.apply(command(1, decision: 4, kind: .warmPool))
    #expect(try await reading(cloud, at: 601).warm == 1)
    #expect(try await reading(cloud, at: 601).ready == 14)
  }

  @Test("a queue grows by what exceeds the capacity and drains with it, to the request")
  func queueing() async throws {
    let cloud = cloud(boot: .seconds(60)) { _, from, _ in from.seconds < 100 ? 150 : 50 }
    _ = try await reading(cloud, at: 0)
    #expect(cloud.queue(of: web, at: Timestamp(seconds: 100)) == 5000)
    let fleet = try #require(cloud.fleet(of: web, at: Timestamp(seconds: 140)))
    #expect(fleet.queue == 3000)
    #expect(fleet.arrived == 17_000)
    #expect(fleet.served == 14_000)
    #expect(cloud.queue(of: web, at: Timestamp(seconds: 201)) == 0)
    let rates = ReplaySource([:])
    let metrics = await cloud.metrics(over: rates).observe(
      [web], at: Timestamp(seconds: 300), deadline: .seconds(1))
    #expect(metrics.map(\.queue) == [0])
  }

  @Test("what exceeds the queue limit is dropped, and nothing is lost from the books")
  func dropping() throws {
    let cloud = cloud { _, _, _ in 200 }
    _ = cloud.fleet(of: web, at: Timestamp(seconds: 0))
    let fleet = try #require(cloud.fleet(of: web, at: Timestamp(seconds: 500)))
    #expect(fleet.queue == 5000)
    #expect(fleet.dropped == 45_000)
    #expect(fleet.arrived == fleet.served + fleet.queue + fleet.dropped)
  }

  @Test("asking more often does not change what happens", arguments: 1...20)
  func stepsDoNotMatter(seed: Int) async throws {
    let rough = cloud { _, from, _ in Double(80 + from.seconds / 60 * 10 % 90) }
    let fine = cloud { _, from, _ in Double(80 + from.seconds / 60 * 10 % 90) }
    var random = SplitMix(seed: UInt64(seed))
    var second: Int64 = 0
    for decision in 1...20 {
      let next = second + 5 * Int64(1 + random.next() % 30)
      while second < next {
        second += 5
        _ = try await reading(fine, at: second)
      }
      let size = Int(random.next() % 30)
      let coarse = try await reading(rough, at: second)
      let frequent = try await reading(fine, at: second)
      #expect(coarse == frequent, "seed \(seed)")
      #expect(
        rough.queue(of: web, at: time.now) == fine.queue(of: web, at: time.now), "seed \(seed)")
      _ = try await rough.apply(command(size, decision: Int64(decision)))
      _ = try await fine.apply(command(size, decision: Int64(decision)))
    }
  }

  @Test("bounds clamp, a repeated or equal command changes nothing, an old one is refused")
  func commands() async throws {
    let cloud = cloud()
    #expect(try await cloud.apply(command(500, decision: 1)) == .accepted(replicas: 100))
    #expect(try await cloud.apply(command(500, decision: 1)) == .unchanged)
    #expect(try await cloud.apply(command(100, decision: 2, token: 5)) == .unchanged)
    #expect(
      try await cloud.apply(command(50, decision: 3, token: 4))
        == .refused("a newer leader commands web"))
    #expect(
      try await cloud.apply(command(0, decision: 4, kind: .floor, token: 5))
        == .accepted(replicas: 2))
    time.set(10_001)
    #expect(
      try await cloud.apply(command(9, decision: 5))
        == .notSent("the command was valid until 1970-01-01T02:46:40Z"))
    let stranger = try #require(ServiceID("other"))
    var unknown = command(9, decision: 6)
    unknown.service = stranger
    unknown.validUntil = Timestamp(seconds: 20_000)
    await #expect(throws: CloudError.notFound("other is not a simulated service")) {
      try await cloud.apply(unknown)
    }
    #expect(await cloud.observe([stranger], at: time.now).map(\.ready) == [nil])
  }

  @Test("faults act in their time and not outside")
  func faults() async throws {
    let start = Timestamp(seconds: 0)
    let end = Timestamp(seconds: 100)
    let refusing = cloud()
    refusing.inject(SimulatedFault(.launchRefused, from: start, to: end))
    await #expect(throws: CloudError.self) { try await refusing.apply(command(20, decision: 1)) }
    #expect(try await refusing.apply(command(8, decision: 2)) == .accepted(replicas: 8))
    let slow = cloud()
    slow.inject(SimulatedFault(.bootSlow(factor: 3), from: start, to: end))
    _ = try await slow.apply(command(20, decision: 1))
    #expect(try await reading(slow, at: 134).ready == 10)
    #expect(try await reading(slow, at: 135).ready == 20)
    time.set(0)
    let idle = cloud()
    idle.inject(SimulatedFault(.withoutEffect, from: start, to: end))
    #expect(try await idle.apply(command(20, decision: 1)) == .accepted(replicas: 20))
    #expect(try await reading(idle, at: 99).ready == 10)
    time.set(0)
    let partial = cloud()
    partial.inject(SimulatedFault(.partialEffect(share: 0.5), from: start, to: end))
    _ = try await partial.apply(command(21, decision: 1))
    #expect(try await reading(partial, at: 99).ready == 15)
    time.set(0)
    let silent = cloud()
    silent.inject(SimulatedFault(.unavailable, from: start, to: end))
    #expect(try await reading(silent, at: 50).ready == nil)
    #expect(try await reading(silent, at: 100).ready == 10)
    time.set(50)
    let deaf = cloud()
    deaf.inject(SimulatedFault(.answerLost, from: start, to: end))
    await #expect(throws: CloudError.self) { try await deaf.apply(command(20, decision: 1)) }
    #expect(try await reading(deaf, at: 120).ready == 20)
  }

  @Test("a restart with the exported fleets goes on where the first run was")
  func restart() async throws {
    let demand: SimulatedCloud.Demand = { _, _, _ in 120 }
    let first = cloud(demand: demand)
    _ = try await reading(first, at: 0)
    _ = try await first.apply(command(13, decision: 1))
    _ = try await reading(first, at: 30)
    let second = cloud(initial: 99, fleets: first.fleets, demand: demand)
    for seconds: Int64 in [40, 60, 500] {
      #expect(try await reading(first, at: seconds) == reading(second, at: seconds))
      #expect(first.queue(of: web, at: time.now) == second.queue(of: web, at: time.now))
    }
  }

  @Test("without an initial size the fleet starts at 70 % utilisation")
  func initialSize() async throws {
    let cloud = cloud(initial: nil) { _, _, _ in 140 }
    #expect(try await reading(cloud, at: 0).ready == 20)
  }
}
