import Adapters
import Control
import Domain
import Synchronization
import Testing

@testable import Daemon

/// The world of a partition test: one lease, one platform, and a clock that only the test moves.
private final class PartitionedWorld: DaemonClock {
  struct State {
    var time = 0.0
    var lease: LeaseElection.Record?
    var version = 0
    /// Writes under way: what arrives when.
    var underWay: [(arrives: Double, command: ScaleCommand)] = []
    /// Commands that left a process after another one had taken the lease.
    var sentByStrangers = 0
  }

  let state = Mutex(State())
  let origin = ContinuousClock.now

  var now: Timestamp {
    Timestamp(seconds: 1_764_000_000) + .milliseconds(Int64(state.withLock { $0.time } * 1000))
  }

  func sleep(until time: Timestamp) async throws {}

  /// The commands that arrive now, in the order of their arrival.
  func arrivals() -> [ScaleCommand] {
    state.withLock { state in
      let time = state.time
      let due = state.underWay.filter { $0.arrives <= time }.sorted { $0.arrives < $1.arrives }
      state.underWay.removeAll { $0.arrives <= time }
      return due.map(\.command)
    }
  }
}

/// A process that competes: its election runs on a clock of its own speed, and it may be cut off
/// from the lease or stand still.
private final class Competitor: Leadership {
  struct State {
    var election: LeaseElection
    var nextRound = 0.0
    var cutUntil = 0.0
    var pausedUntil = 0.0
    var decisions: Int64 = 0
  }

  let world: PartitionedWorld
  let speed: Double
  let offset: Double
  let state: Mutex<State>

  init(_ name: String, in world: PartitionedWorld, speed: Double, offset: Double) {
    self.world = world
    self.speed = speed
    self.offset = offset
    state = Mutex(
      State(
        election: LeaseElection(
          .init(
            identity: name, duration: .seconds(6), renewDeadline: .seconds(4),
            retryPeriod: .seconds(1)))))
  }

  var instant: ContinuousClock.Instant {
    let time = world.state.withLock { $0.time }
    return world.origin + .milliseconds(Int64((offset + time * speed) * 1000))
  }

  var fencingToken: Int64? {
    let now = instant
    return state.withLock { $0.election.isLeader(at: now) ? $0.election.fencingToken : nil }
  }

  func run(changed: @Sendable (Int64?) async -> Void) async {}

  /// One round against the lease, whose server compares versions.
  func round(isLost: Bool) {
    let now = instant
    let read = world.state.withLock { ($0.lease, $0.version) }
    let step = state.withLock { $0.election.step(read.0, now: now) }
    switch step {
    case .wait: return
    case .create(let record), .update(let record):
      let isWritten = world.state.withLock { world in
        guard world.version == read.1 else { return false }
        world.lease = record
        world.version += 1
        return true
      }
      if isWritten, !isLost { state.withLock { $0.election.wrote(record, begun: now) } }
    }
  }
}

/// The way to the platform: a command that was sent may arrive much later, as if its process had stood
/// still between the last look at its leadership and the write.
private final class DistantCloud: CloudAdapter {
  let world: PartitionedWorld
  let delay = Mutex(0.0)

  init(world: PartitionedWorld) { self.world = world }

  let capabilities = CloudCapabilities(
    commands: [.desired], holdsPlans: false, hasWarmPool: false)

  func observe(_ services: [ServiceID], at time: Timestamp) async -> [FleetReading] {
    services.map { _ in FleetReading() }
  }

  func apply(_ command: ScaleCommand) async throws(CloudError) -> ScaleOutcome {
    let delay = delay.withLock { $0 }
    world.state.withLock { world in
      if command.fencingToken != world.lease?.transitions { world.sentByStrangers += 1 }
      world.underWay.append((world.time + delay, command))
    }
    return .accepted(replicas: command.replicas)
  }
}

@Suite("Leadership under partitions")
struct PartitionTests {
  @Test("F-46 F-66 F-67 in 1,000 random partitions no command with a stale token has an effect")
  func staleTokens() async throws {
    let web = try #require(ServiceID("web"))
    let policy = ServicePolicy(
      id: web, mode: .desired,
      fleet: FleetPolicy(ratePerReplica: 50, boot: .seconds(60), min: 2, max: 100))
    var effects = 0
    var notSent = 0
    var refusals = 0
    var takeovers: Int64 = 0
    for seed in 1...1000 {
      var random = Seeded(seed: UInt64(seed))
      let world = PartitionedWorld()
      let cloud = DistantCloud(world: world)
      let platform = SimulatedCloud(
        [web: .init(ratePerReplica: 50, boot: .seconds(60), min: 1, max: 1000, queueLimit: 5000)],
        demand: { _, _, _ in nil }, now: { world.now })
      let service = ServiceWiring(policy: policy, cloud: "c")
      let wiring = Wiring(services: [service], sources: [:], clouds: ["c": cloud])
      let rivals = (0..<3).map {
        Competitor(
          "p\($0)", in: world, speed: random.uniform(0.9, 1.1), offset: random.uniform(0, 1e6))
      }
      var obeyed: [Int64] = []
      var decided: [(rival: Int, command: ScaleCommand)] = []
      for step in 0..<480 {
        let time = Double(step) * 0.25
        world.state.withLock { $0.time = time }
        for command in world.arrivals() {
          switch try await platform.apply(command) {
          case .accepted: obeyed.append(command.fencingToken)
          case .refused: refusals += 1
          case .unchanged, .unknown, .notSent: break
          }
        }
        for (number, rival) in rivals.enumerated() {
          let mayRun = rival.state.withLock { state in
            if random.uniform(0, 1) < 0.005 { state.cutUntil = time + random.uniform(0, 20) }
            if random.uniform(0, 1) < 0.005 { state.pausedUntil = time + random.uniform(0, 20) }
            return time >= state.pausedUntil
          }
          guard mayRun else { continue }
          // What was decided before a pause is sent after it.
          for entry in decided where entry.rival == number {
            cloud.delay.withLock {
              $0 = random.uniform(0, 1) < 0.1 ? random.uniform(0, 20) : random.uniform(0, 0.5)
            }
            let sender = CommandSender(wiring: wiring, clock: world, leadership: rival)
            if case .notSent = await sender.send(entry.command, for: service) { notSent += 1 }
          }
          decided.removeAll { $0.rival == number }
          let isDue = rival.state.withLock { state in
            guard time >= state.nextRound, time >= state.cutUntil else { return false }
            state.nextRound = time + 1
            return true
          }
          if isDue { rival.round(isLost: random.uniform(0, 1) < 0.05) }
          if let token = rival.fencingToken, step % 8 == number {
            let id = rival.state.withLock { state in
              state.decisions += 1
              return DecisionID(state.decisions)
            }
            decided.append(
              (
                number,
                ScaleCommand(
                  decision: id, service: web, kind: .desired, replicas: 3 + step % 9,
                  fencingToken: token, validUntil: world.now + .seconds(30))
              ))
          }
        }
      }
      let end = world.state.withLock { $0 }
      #expect(obeyed == obeyed.sorted(), "seed \(seed): an older leader undid a newer one")
      #expect(end.sentByStrangers == 0, "seed \(seed): sent while another process led")
      effects += obeyed.count
      takeovers += end.lease?.transitions ?? 0
    }
    // The test means something only if every defence was needed.
    #expect(effects > 10_000)
    #expect(takeovers > 2_000)
    #expect(notSent > 100)
    #expect(refusals > 100)
  }
}

/// xorshift64*, seeded.
private struct Seeded {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }

  mutating func uniform(_ low: Double, _ high: Double) -> Double {
    state ^= state >> 12
    state ^= state << 25
    state ^= state >> 27
    return low + (high - low) * Double((state &* 0x2545_f491_4f6c_dd1d) >> 11) * 0x1p-53
  }
}
