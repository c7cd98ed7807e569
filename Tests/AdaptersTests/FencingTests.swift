import Domain
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Adapters

/// Three processes, one Lease, one platform: partitions between every pair of them, clocks that run
/// unevenly, pauses between a decision and its write, answers that get lost.
@Suite("No stale command has an effect")
struct FencingTests {
  private struct Effect {
    var token: Int64
    var process: Int
  }

  /// A store with compare-and-set and a target that compares tokens, as an API server has both.
  private struct World {
    var record: LeaseElection.Record?
    var version = 0
    /// The highest token that was written to the target.
    var written: Int64 = 0
    var effects: [Effect] = []
    var refused = 0

    mutating func write(_ new: LeaseElection.Record, over read: Int) -> Bool {
      guard version == read else { return false }
      record = new
      version += 1
      return true
    }

    mutating func command(_ token: Int64, by process: Int) {
      guard token >= written else {
        refused += 1
        return
      }
      written = token
      effects.append(Effect(token: token, process: process))
    }
  }

  private struct Process {
    var election: LeaseElection
    var speed: Double
    var offset: Double
    var nextRound = 0.0
    var cutFromLease = 0.0
    var cutFromTarget = 0.0
    /// Commands that left and have not arrived, with when they will.
    var underway: [(token: Int64, at: Double)] = []
    let origin = ContinuousClock.now

    func clock(_ time: Double) -> ContinuousClock.Instant {
      origin + .milliseconds(Int64((offset + time * speed) * 1000))
    }
  }

  @Test("F-45 F-66 F-67 in 1,000 randomised partitions the effects' tokens never fall")
  func partitions() {
    var refused = 0
    for seed in 1...1000 {
      var random = SplitMix(seed: UInt64(seed))
      func uniform(_ low: Double, _ high: Double) -> Double {
        low + (high - low) * Double(random.next() >> 11) * 0x1p-53
      }
      var world = World()
      var processes = (0..<3).map { number in
        Process(
          election: LeaseElection(
            .init(
              identity: "p\(number)", duration: .seconds(6), renewDeadline: .seconds(4),
              retryPeriod: .seconds(1))), speed: uniform(0.85, 1.15), offset: uniform(0, 1e6))
      }
      var time = 0.0
      while time < 200 {
        for index in processes.indices {
          if uniform(0, 1) < 0.01 { processes[index].cutFromLease = time + uniform(0, 30) }
          if uniform(0, 1) < 0.01 { processes[index].cutFromTarget = time + uniform(0, 30) }
          if time >= processes[index].nextRound {
            processes[index].nextRound = time + uniform(0.7, 1.5)
            round(&processes[index], &world, time, isLost: uniform(0, 1) < 0.05)
          }
          // Decides as long as it believes to lead; what it sends may be held up for long, as by a
          // paused virtual machine.
          if processes[index].election.isLeader(at: processes[index].clock(time)) {
            let delay = uniform(0, 1) < 0.1 ? uniform(0, 40) : uniform(0, 0.5)
            let arrival = max(time + delay, processes[index].cutFromTarget)
            processes[index].underway.append((processes[index].election.fencingToken, arrival))
          }
        }
        for index in processes.indices {
          for command in processes[index].underway where command.at <= time {
            world.command(command.token, by: index)
          }
          processes[index].underway.removeAll { $0.at <= time }
        }
        time += 0.5
      }
      // A token that two processes share would let the older one through.
      let holders = Dictionary(grouping: world.effects, by: \.token)
        .mapValues { Set($0.map(\.process)).count }
      #expect(holders.values.allSatisfy { $0 == 1 }, "seed \(seed)")
      let tokens = world.effects.map(\.token)
      #expect(tokens == tokens.sorted(), "seed \(seed)")
      #expect(world.effects.count > 50, "seed \(seed)")
      refused += world.refused
    }
    // The test would prove nothing if nothing ever came late.
    #expect(refused > 1000)
  }

  private func round(
    _ process: inout Process, _ world: inout World, _ time: Double, isLost: Bool
  ) {
    guard time >= process.cutFromLease else { return }
    let now = process.clock(time)
    switch process.election.step(world.record, now: now) {
    case .wait: return
    case .create(let new), .update(let new):
      guard world.write(new, over: world.version), !isLost else { return }
      process.election.wrote(new, begun: now)
    }
  }

  @Test("F-66 the same against the wire: the target keeps the newest leader's floor, in any order")
  func wire() async throws {
    let web = try #require(ServiceID("web"))
    for seed in 1...20 {
      var random = SplitMix(seed: UInt64(seed))
      let platform = FakePlatform()
      let server = try platform.server(.kubernetes(.autoscaled))
      let clouds = (0..<2).map { _ in
        KubernetesCloud(
          KubernetesConnection(server: server.url),
          targets: [web: .init(kind: .deployment, namespace: "shop", name: "web")],
          now: { Timestamp(seconds: 1_800_000_000) })
      }
      var newest: (token: Int64, floor: Int) = (0, 2)
      for decision in 1...12 {
        let token = Int64(random.next() % 4) + 1
        let floor = Int(random.next() % 18) + 2
        let outcome = try await clouds[decision % 2].apply(
          ScaleCommand(
            decision: DecisionID(Int64(decision)), service: web, kind: .floor, replicas: floor,
            fencingToken: token, validUntil: Timestamp(seconds: 1_800_000_060)))
        switch outcome {
        case .accepted: newest = (token, floor)
        case .refused: #expect(token < newest.token, "seed \(seed)")
        case .unchanged: #expect(floor == newest.floor, "seed \(seed)")
        case .unknown, .notSent: Issue.record("seed \(seed): \(outcome)")
        }
        #expect(platform.fleet.min == newest.floor, "seed \(seed)")
      }
    }
  }
}
