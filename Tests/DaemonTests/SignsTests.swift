import Control
import Domain
import Logging
import Storage
import Synchronization
import Testing

@testable import Daemon

/// Log lines, kept.
final class KeptLog: Sendable {
  private let kept = Mutex<[String]>([])

  var lines: [String] { kept.withLock { $0 } }

  var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

  private struct Handler: LogHandler {
    let log: KeptLog
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.notice

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { log.kept.withLock { $0.append("\(event.message)") } }
  }
}

@Suite("What is recognised of a forecast is told", .serialized)
struct SignsTests {
  let start = ScriptedDaemon.start

  @Test("a grade and another level of demand are on the board and in the log, once each")
  func told() async throws {
    let log = KeptLog()
    var source = ScriptedSource()
    source.shift = (start + .seconds(2 * 3600), 3)
    let daemon = try ScriptedDaemon(
      store: try Store.inMemory(), from: start, to: start + .seconds(4 * 3600), source: source,
      logger: log.logger)
    try await daemon.run()
    let status = try #require(daemon.board.status.services[daemon.service])
    let standing = try #require(status.standing)
    #expect(standing.grade != nil && standing.fittedAt >= start)
    #expect(standing.exceedance > 0.05)
    #expect(status.isLevelShifted)
    #expect(status.spentShare != nil)
    let lines = log.lines
    #expect(lines.count { $0.contains("another level than its seasons") } == 1, "\(lines)")
    let grades = lines.filter { $0.contains("the forecast ") }
    #expect(grades.count >= 2, "a first grade, and one that fell: \(lines)")
    #expect(Set(zip(grades, grades.dropFirst()).map { $0.prefix(30) == $1.prefix(30) }) == [false])
  }

  @Test("a service in which nothing changes says nothing again")
  func quiet() async throws {
    let daemon = try ScriptedDaemon(
      store: try Store.inMemory(), from: start, to: start + .seconds(1800))
    try await daemon.run()
    let autoscaler = try #require(await daemon.loop.autoscalers[daemon.service])
    let signs = ForecastSigns(autoscaler)
    #expect(!signs.changes(since: nil).isEmpty)
    #expect(signs.changes(since: signs).isEmpty)
  }
}
