import Control
import Domain
import Testing

/// What the platform refuses is not asked for at every tick.
@Suite("Refusals")
struct RefusalTests {
  let start = Timestamp(seconds: 1_699_833_600)

  private func refused(mode: ServicePolicy.Mode) throws -> ClosedLoop {
    var loop = ClosedLoop(try policy(max: 40, mode: mode), ready: 4, at: start)
    for _ in 0..<20 { loop.tick(300) }
    loop.refusal = "no rights"
    loop.commands = []
    return loop
  }

  @Test(
    "the same size is asked for again after 30 s, a minute and so on up to every ten minutes",
    arguments: [ServicePolicy.Mode.floor, .desired])
  func backsOff(mode: ServicePolicy.Mode) throws {
    var loop = try refused(mode: mode)
    var asked: [Timestamp] = []
    var decisions: Set<DecisionID> = []
    for _ in 0..<160 {
      let before = loop.commands.count
      loop.tick(900)
      if loop.commands.count > before { asked.append(loop.now) }
      if let decision = loop.autoscaler.newestDecision { decisions.insert(decision.id) }
    }
    // A backlog that cannot be drained asks for more until the bound is reached.
    #expect(asked.count <= 16, "\(asked)")
    #expect(decisions.count <= 24)
    let waits = zip(asked.dropFirst(), asked).map { $0.since($1).wholeSeconds }
    #expect(waits.last.map { (600...615).contains($0) } == true, "\(waits)")
  }

  @Test("a larger size is asked for at once, and what is accepted ends the waiting")
  func growth() throws {
    var loop = try refused(mode: .desired)
    loop.tick(900)
    let refused = try #require(loop.commands.last).replicas
    loop.tick(1500)
    #expect(try #require(loop.commands.last).replicas > refused)
    loop.refusal = nil
    for _ in 0..<41 { loop.tick(1500) }
    #expect(loop.size >= 15, "\(loop.size)")
    let size = loop.size
    loop.tick(100 * Double(size) + 500)
    #expect(loop.size > size)
  }

  @Test("a leader that is new, and a changed policy, ask at once")
  func anew() throws {
    let changes: [(Timestamp) throws -> Event] = [
      { .leadershipChanged(fencingToken: 9, at: $0) },
      { .configured(try policy(max: 39), at: $0) },
    ]
    for change in changes {
      var loop = try refused(mode: .desired)
      for _ in 0..<100 { loop.tick(900) }
      loop.refusal = nil
      _ = loop.autoscaler.handle(try change(loop.now))
      let before = loop.commands.count
      loop.tick(900)
      #expect(loop.commands.count == before + 1)
    }
  }

  @Test("a restart within the wait does not ask earlier")
  func restart() throws {
    var loop = try refused(mode: .desired)
    for _ in 0..<100 { loop.tick(900) }
    let restored = try Autoscaler(snapshot: loop.autoscaler.snapshot)
    #expect(restored.snapshot == loop.autoscaler.snapshot)
    var other = loop
    other.autoscaler = restored
    for _ in 0..<60 {
      loop.tick(900)
      other.tick(900)
    }
    #expect(other.commands == loop.commands)
  }
}
