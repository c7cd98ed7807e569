import Adapters
import Domain
import Testing

/// The behaviours that every platform shares, whatever it speaks, and what every adapter makes of a
/// platform that misbehaves.
package struct CloudConformance {
  private let test: CloudUnderTest
  private let implementation: CloudImplementation

  package init(_ implementation: CloudImplementation) throws {
    self.implementation = implementation
    test = try CloudUnderTest(implementation)
  }

  private func reading() async throws -> FleetReading {
    try #require(await test.cloud.observe([test.web], at: test.time.now).first)
  }

  private func stranger() throws -> ServiceID { try #require(ServiceID("stranger")) }

  /// The name of the error that a command ends with.
  private func failure(of command: ScaleCommand, on cloud: any CloudAdapter) async -> String {
    do throws(CloudError) {
      return "\(try await cloud.apply(command))"
    } catch {
      return "\(error)"
    }
  }

  /// Shows the fleet, and of a service that is not there nothing.
  package func showsFleets() async throws {
    let stranger = try stranger()
    let readings = await test.cloud.observe([stranger, test.web, stranger], at: test.time.now)
    #expect(readings.map(\.ready) == [nil, 4, nil])
    #expect(readings.map(\.pending) == [nil, [], nil])
    #expect(readings[0].problem != nil)
    #expect(readings[1].problem == nil)
    #expect(await test.cloud.observe([], at: test.time.now).isEmpty)
  }

  /// Commands are absolute; what already is so is not sent.
  package func obeysAbsolutely() async throws {
    var decision: Int64 = 0
    for kind in implementation.kinds {
      // Ends low, so that the floor does not stand in the way of the sizes.
      for replicas in implementation == .kubernetesHeadroom ? [7, 15] : [7, 15, 3] {
        decision += 1
        _ = try await reading()
        #expect(
          try await test.cloud.apply(test.command(replicas, kind, decision: decision))
            == .accepted(replicas: replicas))
        #expect(test.value(kind) == replicas)
        let writes = test.platform.writes
        let requests = test.writeRequests.count
        decision += 1
        #expect(
          try await test.cloud.apply(test.command(replicas, kind, decision: decision))
            == .unchanged)
        #expect(test.platform.writes == writes)
        // Those of our own protocol leave the comparison to the platform.
        if implementation != .webhook, implementation != .exec {
          #expect(test.writeRequests.count == requests)
        }
      }
    }
  }

  /// Nothing is sent too late, and a service that is not there is not commanded.
  package func sendsNothingInVain() async throws {
    for kind in implementation.kinds {
      let late = test.command(9, kind, validFor: .zero - .seconds(1))
      guard case .notSent = try await test.cloud.apply(late) else {
        Issue.record("a late command was sent")
        continue
      }
      var strange = test.command(9, kind, decision: 2)
      strange.service = try stranger()
      guard implementation != .guarded else {
        #expect(try await test.cloud.apply(strange) == .notSent("stranger is only observed"))
        continue
      }
      // A program can only say that it failed.
      let expected = implementation == .exec ? "unknownResult" : "notFound"
      #expect(await failure(of: strange, on: test.cloud).hasPrefix(expected))
    }
    #expect(test.platform.writes == 0)
  }

  /// The platform's own upper bound cuts a command, and the guard says so.
  package func clampsAndSaysSo() async throws {
    guard implementation.hasBounds else { return }
    let cloud = implementation == .guarded ? test.cloud : test.guarded()
    _ = await cloud.observe([test.web], at: test.time.now)
    #expect(try await cloud.apply(test.command(500)) == .accepted(replicas: 20))
    #expect(
      await cloud.observe([test.web], at: test.time.now).first?.problem
        == "500 replicas are wanted and the platform's own bounds allow 20")
    #expect(try await cloud.apply(test.command(500, decision: 2)) == .unchanged)
  }

  /// A platform that is down tells nothing, takes nothing, and recovers.
  package func survivesOutages() async throws {
    test.setDown(true)
    let dark = try await reading()
    #expect(dark.ready == nil)
    #expect(dark.pending == nil)
    #expect(dark.problem != nil)
    let error = await failure(of: test.command(9), on: test.cloud)
    #expect(error.hasPrefix(implementation.meaning(of: 503)), "\(error)")
    test.setDown(false)
    #expect(try await reading().ready == 4)
    #expect(
      try await test.cloud.apply(test.command(9, decision: 2)) == .accepted(replicas: 9))
  }

  /// In mode `observe` no request of any kind could change anything, rehearsals included.
  package func staysSilent() async throws {
    let cloud = test.guarded(.observe)
    _ = await cloud.observe([test.web], at: test.time.now)
    for kind in ScaleCommand.Kind.floorAndSize {
      #expect(
        try await cloud.apply(test.command(9, kind)) == .notSent("web is only observed"))
      #expect(
        try await cloud.rehearse(test.command(9, kind)) == .notSent("web is only observed"))
    }
    let hour = test.time.now + .seconds(3600)
    try await cloud.schedule(
      FloorPlan(
        service: test.web, time: test.time.now, floors: [.init(from: hour, replicas: 9)],
        fencingToken: 1))
    try await cloud.cancelSchedule(of: test.web)
    #expect(test.writeRequests.isEmpty)
    #expect(test.platform.events.isEmpty)
  }

  /// A slow answer is an answer.
  package func waits() async throws {
    test.platform.setFault(.slow(300))
    #expect(try await test.cloud.apply(test.command(9)) == .accepted(replicas: 9))
    #expect(test.writeRequests.count == 1)
  }

  /// A refusal means one thing to the caller, whatever the platform calls it.
  package func understands(_ status: Int) async throws {
    test.platform.setFault(.refusing(status))
    let error = await failure(of: test.command(9, validFor: .seconds(5)), on: test.cloud)
    #expect(error.hasPrefix(implementation.meaning(of: status)), "\(error)")
    #expect(test.platform.writes == 0)
    // Only a platform that said what it did not do is asked again at once.
    if implementation.meaning(of: status) != "unavailable" {
      #expect(test.writeRequests.count == 1)
    }
    test.platform.setFault(nil)
    _ = try await reading()
    #expect(
      try await test.cloud.apply(test.command(9, decision: 2)) == .accepted(replicas: 9))
  }

  /// Nothing is sent before the time that the platform asked for, and then it is.
  package func respectsRetryAfter() async throws {
    guard implementation != .exec else { return }
    let cloud = test.guarded()
    test.platform.setFault(.refusing(429))
    let error = await failure(of: test.command(9, validFor: .seconds(5)), on: cloud)
    #expect(error.hasPrefix("unavailable"), "\(error)")
    test.platform.setFault(nil)
    let requests = test.server?.requests.count
    guard case .notSent(let reason) = try await cloud.apply(test.command(9, decision: 2)) else {
      Issue.record("sent during the pause")
      return
    }
    #expect(reason == "the platform asked for a pause until 2027-01-15T08:00:07Z")
    #expect(test.server?.requests.count == requests)
    test.time.set(1_800_000_007)
    #expect(try await cloud.apply(test.command(9, decision: 3)) == .accepted(replicas: 9))
  }

  /// No answer at all: unknown, in time for the command's own end.
  package func givesUpInTime() async throws {
    test.platform.setFault(.hanging)
    let begun = ContinuousClock.now
    let error = await failure(of: test.command(9, validFor: .seconds(1)), on: test.cloud)
    #expect(error.hasPrefix("unknownResult"), "\(error)")
    #expect(.now - begun < .seconds(20))
    #expect(test.writeRequests.count == 1)
  }

  /// The effect is there and the answer was lost: the next observation tells, and nothing is repeated.
  package func resolvesByObserving() async throws {
    let cloud = test.guarded()
    _ = await cloud.observe([test.web], at: test.time.now)
    test.platform.setFault(.cut)
    let error = await failure(of: test.command(9), on: cloud)
    #expect(error.hasPrefix("unknownResult"), "\(error)")
    test.platform.setFault(nil)
    #expect(test.platform.writes == 1)
    _ = await cloud.observe([test.web], at: test.time.now)
    #expect(try await cloud.apply(test.command(9, decision: 2)) == .unchanged)
    #expect(test.platform.writes == 1)
  }

  /// Accepted twice without effect: stop and alarm, until the platform moves.
  package func stopsWithoutEffect() async throws {
    guard implementation.showsItsValue else { return }
    let cloud = test.guarded()
    test.platform.setFault(.withoutEffect)
    for attempt in 0..<2 {
      _ = await cloud.observe([test.web], at: test.time.now)
      #expect(
        try await cloud.apply(test.command(9, decision: Int64(attempt)))
          == .accepted(replicas: 9))
      test.time.set(test.time.now.seconds + 61)
    }
    let alarm = "the platform accepted 2 commands and did not move"
    #expect(await cloud.observe([test.web], at: test.time.now).first?.problem == alarm)
    #expect(try await cloud.apply(test.command(9, decision: 3)) == .refused(alarm))
    #expect(test.platform.writes == 2)
    test.platform.setFault(nil)
    test.platform.meddle {
      $0.size = 6
      $0.min = 6
    }
    #expect(await cloud.observe([test.web], at: test.time.now).first?.problem == nil)
    #expect(try await cloud.apply(test.command(9, decision: 4)) == .accepted(replicas: 9))
  }

  /// A part of the effect is an effect: no alarm, and the rest is asked for again.
  package func acceptsPartialEffects() async throws {
    let cloud = test.guarded()
    test.platform.setFault(.partial)
    for attempt in 0..<4 {
      _ = await cloud.observe([test.web], at: test.time.now)
      _ = try await cloud.apply(test.command(18, decision: Int64(attempt)))
      test.time.set(test.time.now.seconds + 61)
    }
    #expect(await cloud.observe([test.web], at: test.time.now).first?.problem == nil)
    let kind = try #require(implementation.kinds.first)
    #expect(try #require(test.value(kind)) > 12)
  }

  /// What cannot be is unknown.
  package func disbelieves() async throws {
    test.platform.setFault(.lying)
    let lie = try await reading()
    #expect(lie.ready == nil)
    #expect(lie.pending == nil)
    #expect(lie.problem != nil)
    test.platform.setFault(nil)
    #expect(try await reading().ready == 4)
  }
}

extension ScaleCommand.Kind {
  static let floorAndSize: [ScaleCommand.Kind] = [.floor, .desired]
}
