import TestSupport
import Testing

/// Each adapter and each behaviour once; a case that fails names both.
@Suite("Every platform")
struct CloudConformanceTests {
  typealias Implementation = CloudImplementation

  @Test(
    "shows its fleet, and of a service that it does not have nothing",
    arguments: Implementation.here)
  func observing(implementation: Implementation) async throws {
    try await CloudConformance(implementation).showsFleets()
  }

  @Test(
    "does what it is told, absolutely, and says unchanged when it already is so",
    arguments: Implementation.here)
  func commanding(implementation: Implementation) async throws {
    try await CloudConformance(implementation).obeysAbsolutely()
  }

  @Test(
    "sends nothing that is too late, and knows nothing of strangers",
    arguments: Implementation.here)
  func notSending(implementation: Implementation) async throws {
    try await CloudConformance(implementation).sendsNothingInVain()
  }

  @Test("clamps to the platform's upper bound and says so", arguments: Implementation.here)
  func clamping(implementation: Implementation) async throws {
    try await CloudConformance(implementation).clampsAndSaysSo()
  }

  @Test(
    "when it is down, knows nothing, accepts nothing, and recovers",
    arguments: Implementation.here)
  func outage(implementation: Implementation) async throws {
    try await CloudConformance(implementation).survivesOutages()
  }

  @Test(
    "in mode observe no request leaves that could change anything",
    arguments: Implementation.wired)
  func silence(implementation: Implementation) async throws {
    try await CloudConformance(implementation).staysSilent()
  }

  @Test("a slow answer is waited for", arguments: Implementation.wired)
  func slow(implementation: Implementation) async throws {
    try await CloudConformance(implementation).waits()
  }

  @Test(
    "F-47 F-48 F-49 F-54 a refusal means one thing, and no unknown result is repeated unread",
    arguments: Implementation.wired, [409, 429, 500, 403])
  func refusals(implementation: Implementation, status: Int) async throws {
    try await CloudConformance(implementation).understands(status)
  }

  @Test("F-47 nothing is sent before Retry-After is over", arguments: Implementation.wired)
  func pauses(implementation: Implementation) async throws {
    try await CloudConformance(implementation).respectsRetryAfter()
  }

  @Test(
    "F-50 a platform that hangs is left when the command ends", arguments: Implementation.wired)
  func hanging(implementation: Implementation) async throws {
    try await CloudConformance(implementation).givesUpInTime()
  }

  @Test(
    "F-50 F-69 an effect whose answer was lost is found by observing, not repeated",
    arguments: Implementation.wired)
  func cut(implementation: Implementation) async throws {
    try await CloudConformance(implementation).resolvesByObserving()
  }

  @Test("F-51 accepted twice without effect stops and alarms", arguments: Implementation.wired)
  func withoutEffect(implementation: Implementation) async throws {
    try await CloudConformance(implementation).stopsWithoutEffect()
  }

  @Test("F-52 a partial effect is an effect", arguments: Implementation.wired)
  func partial(implementation: Implementation) async throws {
    try await CloudConformance(implementation).acceptsPartialEffects()
  }

  @Test(
    "F-53 a platform that shows the impossible is not believed", arguments: Implementation.wired)
  func lying(implementation: Implementation) async throws {
    try await CloudConformance(implementation).disbelieves()
  }
}
