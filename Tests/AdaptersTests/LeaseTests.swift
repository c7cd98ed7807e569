import Domain
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Adapters

@Suite("Leader election")
struct LeaseTests {
  private typealias Record = LeaseElection.Record

  /// One candidate with a clock of its own, which runs at `speed` and may be paused.
  private struct Candidate {
    var election: LeaseElection
    var speed: Double
    var offset: Double
    var nextRound = 0.0
    var cutUntil = 0.0
    let origin = ContinuousClock.now

    func clock(_ time: Double) -> ContinuousClock.Instant {
      origin + .milliseconds(Int64((offset + time * speed) * 1000))
    }
  }

  @Test("F-46 F-66 F-67 never two leaders, whoever is cut off and however the clocks run")
  func partitions() {
    for seed in 1...1000 {
      var random = SplitMix(seed: UInt64(seed))
      func uniform(_ low: Double, _ high: Double) -> Double {
        low + (high - low) * Double(random.next() >> 11) * 0x1p-53
      }
      var candidates = (0..<3).map { number in
        Candidate(
          election: LeaseElection(.init(identity: "p\(number)")), speed: uniform(0.85, 1.15),
          offset: uniform(0, 1e6))
      }
      var record: Record?
      var version = 0
      var highestToken: Int64 = 0
      var leaderSeconds = 0.0
      var rivals = 0
      var staleTokens = 0
      var time = 0.0
      while time < 300 {
        for index in candidates.indices where time >= candidates[index].nextRound {
          candidates[index].nextRound = time + uniform(1.5, 3)
          if uniform(0, 1) < 0.02 { candidates[index].cutUntil = time + uniform(0, 60) }
          guard time >= candidates[index].cutUntil else { continue }
          let read = (record, version)
          let now = candidates[index].clock(time)
          switch candidates[index].election.step(read.0, now: now) {
          case .wait: continue
          case .create(let new), .update(let new):
            // A rival may have written between the read and the write.
            if uniform(0, 1) < 0.1 { version += record == nil ? 0 : 1 }
            guard version == read.1 else { continue }
            record = new
            version += 1
            // The answer may be lost: then the writer does not know that he leads.
            if uniform(0, 1) > 0.05 { candidates[index].election.wrote(new, begun: now) }
          }
        }
        let leaders = candidates.filter { $0.election.isLeader(at: $0.clock(time)) }
        if leaders.count > 1 { rivals += 1 }
        if let leader = leaders.first {
          leaderSeconds += 0.25
          if leader.election.fencingToken < highestToken { staleTokens += 1 }
          highestToken = max(highestToken, leader.election.fencingToken)
        }
        time += 0.25
      }
      #expect(rivals == 0, "seed \(seed)")
      #expect(staleTokens == 0, "seed \(seed)")
      // Somebody leads nearly always: a dead leader is missed for at most its lease.
      #expect(leaderSeconds > 150, "seed \(seed)")
    }
  }

  @Test("a released lease is taken at once, an abandoned one after its duration, with a new token")
  func handOver() {
    let start = ContinuousClock.now
    var first = LeaseElection(.init(identity: "a"))
    var second = LeaseElection(.init(identity: "b"))
    guard case .create(let created) = first.step(nil, now: start) else {
      Issue.record("nothing created")
      return
    }
    first.wrote(created, begun: start)
    #expect(first.isLeader(at: start + .seconds(9)))
    #expect(!first.isLeader(at: start + .seconds(10)))
    #expect(second.step(created, now: start) == .wait)
    #expect(second.step(created, now: start + .seconds(14)) == .wait)
    let taken = Record(holder: "b", duration: .seconds(15), renewals: 2, transitions: 2)
    #expect(second.step(created, now: start + .seconds(15)) == .update(taken))
    let renewed = Record(holder: "a", duration: .seconds(15), renewals: 2, transitions: 1)
    #expect(first.step(created, now: start + .seconds(2)) == .update(renewed))
    let released = first.release(created, now: start + .seconds(3))
    #expect(released?.holder == "")
    var third = LeaseElection(.init(identity: "c"))
    #expect(
      third.step(released, now: start + .seconds(3))
        == .update(Record(holder: "c", duration: .seconds(15), renewals: 3, transitions: 2)))
  }

  /// The leases of an API server: versions are compared, and a write without a change is none.
  private func leaseServer() throws -> ScriptedServer {
    let stored = Mutex<(spec: Kubernetes.Lease.Spec, version: Int)?>(nil)
    return try ScriptedServer { request, _ in
      func answer(_ status: Int, _ lease: (spec: Kubernetes.Lease.Spec, version: Int))
        -> ScriptedServer.Reply
      {
        var object = Kubernetes.Lease(
          Record(holder: "", duration: .zero, renewals: 0, transitions: 0), name: "scaler",
          over: nil, now: Timestamp(seconds: 0))
        object.spec = lease.spec
        object.metadata.resourceVersion = "\(lease.version)"
        let body = (try? JSONEncoder().encode(object)) ?? Data()
        return .answer(status, body: String(decoding: body, as: UTF8.self))
      }
      return stored.withLock { stored in
        if request.method == "GET" { return stored.map { answer(200, $0) } ?? .answer(404) }
        guard
          let lease = try? JSONDecoder().decode(Kubernetes.Lease.self, from: Data(request.body))
        else { return .answer(400) }
        let version = stored?.version ?? 0
        let isCurrent =
          request.method == "POST"
          ? stored == nil : lease.metadata.resourceVersion == "\(version)"
        guard isCurrent else { return .answer(409) }
        if stored?.spec != lease.spec { stored = (lease.spec, version + 1) }
        return stored.map { answer(200, $0) } ?? .answer(500)
      }
    }
  }

  @Test("two processes share one Lease: one leads, renews, and hands over when it stops")
  func lease() async throws {
    let server = try leaseServer()
    let connection = KubernetesConnection(server: server.url)
    func candidate(_ identity: String) -> KubernetesLease {
      KubernetesLease(
        connection, namespace: "shop", name: "scaler", settings: .init(identity: identity),
        now: { Timestamp(seconds: 1_800_000_000) })
    }
    let first = candidate("a")
    let second = candidate("b")
    await first.round()
    await second.round()
    #expect(await first.fencingToken == 1)
    #expect(await second.fencingToken == nil)
    await first.round()
    await first.round()
    #expect(await first.fencingToken == 1)
    let renewals = server.requests.filter { $0.method == "PUT" }.map(\.text)
    #expect(Set(renewals).count == 2)
    await first.release()
    #expect(await first.fencingToken == nil)
    await second.round()
    #expect(await second.fencingToken == 2)
    await first.round()
    #expect(await first.fencingToken == nil)
  }

  @Test("while the API server cannot be reached nobody begins to lead, and the problem is told")
  func outage() async throws {
    let server = try ScriptedServer { _, _ in .answer(403, body: "no") }
    let lease = KubernetesLease(
      KubernetesConnection(server: server.url), namespace: "n", name: "l",
      settings: .init(identity: "a"), now: { Timestamp(seconds: 0) })
    await lease.round()
    #expect(await lease.fencingToken == nil)
    #expect(await lease.problem == "no (HTTP 403)")
  }
}
