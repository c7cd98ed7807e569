import Adapters
import Domain
import Synchronization
import TestSupport
import Testing

/// A platform that records what it is told and shows what the test sets.
private final class RecordingCloud: CloudAdapter {
  let capabilities: CloudCapabilities
  private let state = Mutex(State())

  private struct State {
    var reading = FleetReading()
    var commands: [ScaleCommand] = []
  }

  init(commands: [ScaleCommand.Kind] = [.floor, .desired]) {
    capabilities = CloudCapabilities(commands: commands, holdsPlans: true, hasWarmPool: false)
  }

  var sent: [Int] { state.withLock { $0.commands.map(\.replicas) } }

  func show(_ reading: FleetReading) { state.withLock { $0.reading = reading } }

  func observe(_ services: [ServiceID], at time: Timestamp) async -> [FleetReading] {
    services.map { _ in state.withLock { $0.reading } }
  }

  func apply(_ command: ScaleCommand) async throws(CloudError) -> ScaleOutcome {
    state.withLock { $0.commands.append(command) }
    return .accepted(replicas: command.replicas)
  }

  func schedule(_ plan: FloorPlan) async throws(CloudError) {}
}

@Suite("The guard in front of every platform")
struct GuardedCloudTests {
  private let web: ServiceID
  private let time = ManualTime(0)
  private let base = RecordingCloud()

  init() throws { web = try #require(ServiceID("web")) }

  private func cloud(_ mode: GuardedCloud.Mode?) -> GuardedCloud {
    GuardedCloud(base, modes: mode.map { [web: $0] } ?? [:], now: { [time] in time.now })
  }

  private func command(_ replicas: Int, _ kind: ScaleCommand.Kind = .desired) -> ScaleCommand {
    ScaleCommand(
      decision: DecisionID(1), service: web, kind: kind, replicas: replicas, fencingToken: 0,
      validUntil: Timestamp(seconds: 100_000))
  }

  private func show(
    _ cloud: GuardedCloud, ready: Int? = nil, pending: Int = 0, min: Int? = nil, max: Int? = nil,
    at seconds: Int64
  ) async {
    let batches = pending == 0 ? [] : [PendingBatch(count: pending, since: Timestamp(seconds: 0))]
    base.show(FleetReading(ready: ready, pending: batches, min: min, max: max))
    time.set(seconds)
    _ = await cloud.observe([web], at: time.now)
  }

  @Test("a service that is only observed is never commanded, nor is one that nobody named")
  func observeOnly() async throws {
    for mode in [GuardedCloud.Mode.observe, nil] {
      for kind in [ScaleCommand.Kind.floor, .desired] {
        #expect(try await cloud(mode).apply(command(9, kind)) == .notSent("web is only observed"))
      }
    }
    #expect(try await cloud(.floor).apply(command(9)) == .notSent("web takes floors only"))
    #expect(base.sent.isEmpty)
  }

  @Test("nothing is sent too late, or of a kind that the platform does not take")
  func notTaken() async throws {
    let floors = GuardedCloud(
      RecordingCloud(commands: [.floor]), modes: [web: .desired], now: { [time] in time.now })
    #expect(try await floors.apply(command(3)) == .refused("this platform takes no desired"))
    time.set(100_000)
    #expect(
      try await cloud(.desired).apply(command(3))
        == .notSent("the command was valid until 1970-01-02T03:46:40Z"))
    #expect(base.sent.isEmpty)
  }

  @Test("a command is clamped to the platform's bounds, and not sent if nothing would change")
  func clamping() async throws {
    let cloud = cloud(.desired)
    await show(cloud, ready: 4, pending: 1, min: 3, max: 10, at: 0)
    #expect(try await cloud.apply(command(5)) == .unchanged)
    #expect(try await cloud.apply(command(3, .floor)) == .unchanged)
    #expect(base.sent.isEmpty)
    #expect(try await cloud.apply(command(50)) == .accepted(replicas: 10))
    #expect(try await cloud.apply(command(1)) == .accepted(replicas: 3))
    #expect(try await cloud.apply(command(50, .floor)) == .accepted(replicas: 10))
  }

  @Test("without a reading a command is sent as it is: unknown is not a reason to stand still")
  func unknown() async throws {
    #expect(try await cloud(.desired).apply(command(7)) == .accepted(replicas: 7))
  }

  @Test("F-51 accepted twice without effect stops the commands until the platform moves")
  func withoutEffect() async throws {
    let cloud = cloud(.desired)
    for second: Int64 in [0, 100] {
      await show(cloud, ready: 4, at: second)
      #expect(try await cloud.apply(command(8)) == .accepted(replicas: 8))
    }
    await show(cloud, ready: 4, at: 130)
    #expect(try await cloud.apply(command(9)) == .accepted(replicas: 9))
    await show(cloud, ready: 4, at: 200)
    #expect(
      try await cloud.apply(command(8))
        == .refused("the platform accepted 2 commands and did not move"))
    await show(cloud, ready: 5, at: 300)
    #expect(try await cloud.apply(command(8)) == .accepted(replicas: 8))
  }

  @Test("what a platform cannot rehearse is not guessed, and what the guard stops is not rehearsed")
  func rehearsal() async throws {
    #expect(
      try await cloud(.desired).rehearse(command(9)) == .notSent("this platform rehearses nothing"))
    #expect(
      try await cloud(.floor).rehearse(command(9)) == .notSent("web takes floors only"))
    #expect(base.sent.isEmpty)
  }

  @Test("a clamp is told as long as it lasts")
  func toldClamp() async throws {
    let cloud = cloud(.desired)
    await show(cloud, ready: 4, min: 3, max: 10, at: 0)
    #expect(try await cloud.apply(command(50)) == .accepted(replicas: 10))
    await show(cloud, ready: 10, min: 3, max: 10, at: 15)
    let told = await cloud.observe([web], at: time.now).first?.problem
    #expect(told == "50 replicas are wanted and the platform's own bounds allow 10")
    #expect(try await cloud.apply(command(8)) == .accepted(replicas: 8))
    #expect(await cloud.observe([web], at: time.now).first?.problem == nil)
  }

  @Test("F-52 a partial effect is an effect")
  func partialEffect() async throws {
    let cloud = cloud(.desired)
    for second: Int64 in 0..<10 {
      await show(cloud, ready: 4 + Int(second), at: second * 100)
      #expect(try await cloud.apply(command(50)) == .accepted(replicas: 50))
    }
  }

  @Test("a floor that somebody else changes back is set again once, and then left alone")
  func foreignWrites() async throws {
    let cloud = cloud(.floor)
    var second: Int64 = 0
    for _ in 0..<2 {
      await show(cloud, ready: 9, min: 2, at: second)
      #expect(try await cloud.apply(command(6, .floor)) == .accepted(replicas: 6))
      await show(cloud, ready: 9, min: 6, at: second + 15)
      second += 30
    }
    await show(cloud, ready: 9, min: 2, at: second)
    #expect(
      try await cloud.apply(command(6, .floor))
        == .refused("somebody else changed the floor back 2 times"))
    await show(cloud, ready: 9, min: 2, at: second + 3601)
    #expect(try await cloud.apply(command(6, .floor)) == .accepted(replicas: 6))
  }

  private func seen(_ cloud: GuardedCloud) async throws -> FleetReading {
    try #require(await cloud.observe([web], at: time.now).first)
  }

  @Test("a floor that somebody else set is told until ours is in force again, also after a restart")
  func toldFloor() async throws {
    let cloud = cloud(.floor)
    // A process that starts anew finds its floor in force.
    await show(cloud, ready: 9, min: 6, at: 0)
    #expect(try await cloud.apply(command(6, .floor)) == .unchanged)
    await show(cloud, ready: 9, min: 2, at: 15)
    let told = try await seen(cloud)
    #expect(told.changedFloor == ChangedFloor(replicas: 2, isPlanned: false))
    #expect(told.problem == "somebody else set the floor to 2")
    #expect(try await cloud.apply(command(6, .floor)) == .accepted(replicas: 6))
    await show(cloud, ready: 9, min: 6, at: 30)
    let restored = try await seen(cloud)
    #expect(restored.changedFloor == nil && restored.problem == nil)
    // The second time it is theirs: the core is not asked to command again, the operator is told.
    await show(cloud, ready: 9, min: 3, at: 45)
    let insisted = try await seen(cloud)
    #expect(insisted.changedFloor == nil)
    #expect(insisted.problem == "somebody else changed the floor back 2 times")
  }

  @Test("a floor that the platform sets by the plan that we left with it is nobody's interference")
  func plannedFloors() async throws {
    let cloud = cloud(.floor)
    let floors = (0..<8).map {
      ScheduledFloor(from: Timestamp(seconds: 60 * ($0 + 1)), replicas: 10 + Int($0))
    }
    try await cloud.schedule(
      FloorPlan(service: web, time: time.now, floors: floors, fencingToken: 0))
    await show(cloud, ready: 20, min: 9, max: 15, at: 0)
    #expect(try await cloud.apply(command(9, .floor)) == .unchanged)
    for (index, floor) in floors.enumerated() {
      let shown = min(floor.replicas, 15)
      await show(cloud, ready: 20, min: shown, max: 15, at: floor.from.seconds + 10)
      let reading = try await seen(cloud)
      #expect(reading.changedFloor == ChangedFloor(replicas: shown, isPlanned: true), "\(index)")
      #expect(reading.problem == nil)
    }
    await show(cloud, ready: 20, min: 1, max: 15, at: 1000)
    #expect(try await seen(cloud).changedFloor == ChangedFloor(replicas: 1, isPlanned: false))
    #expect(try await cloud.apply(command(9, .floor)) == .accepted(replicas: 9))
  }
}
