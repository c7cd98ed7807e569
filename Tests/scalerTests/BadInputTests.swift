import Foundation
import Testing

@Suite("Bad input ends with one sentence and a documented code", .serialized)
struct BadInputTests {
  @Test("an empty trace is 65")
  func emptyTrace() throws {
    let scratch = try Scratch()
    for text in ["", "timestamp,rate\n"] {
      let trace = try scratch.write(text, to: "t.csv")
      let result = try Program.run(["forecast", "--history", trace, "--steps", "4"])
      expect(result, status: 65, saying: "t.csv")
    }
  }

  @Test("a NaN at line 17 is 65 and names line, column and text")
  func nanAtLine17() throws {
    let scratch = try Scratch()
    var lines = smoothTrace(days: 1).split(separator: "\n").map(String.init)
    lines[16] = "1764552000,NaN"
    let trace = try scratch.write(lines.joined(separator: "\n"), to: "t.csv")
    let result = try Program.run([
      "import", "csv", "--store", scratch.path("s.sqlite"), "--service", "web", "--history", trace,
    ])
    expect(result, status: 65, saying: "17")
    #expect(result.errors.contains("rate"))
    #expect(result.errors.contains("NaN"))
    #expect(!FileManager.default.fileExists(atPath: scratch.path("s.sqlite")))
  }

  @Test("an unknown key is 78 and names the nearest known one")
  func unknownKey() throws {
    let scratch = try Scratch()
    let file = try scratch.write("services: []\nsotre: { path: x }\n", to: "c.yaml")
    let result = try Program.run(["check", "--config", file])
    expect(result, status: 78, saying: "c.yaml:2:1: unknown key `sotre`; did you mean `store`?")
  }

  @Test("a missing file is 78 for a configuration and 65 for data")
  func missingFiles() throws {
    expect(
      try Program.run(["check", "--config", "/nowhere/c.yaml"]), status: 78, saying: "no such file")
    expect(
      try Program.run(["forecast", "--history", "/nowhere/t.csv", "--steps", "4"]), status: 65,
      saying: "/nowhere/t.csv")
  }

  @Test("usage errors are 64")
  func usage() throws {
    #expect(try Program.run(["forecast", "--history", "x.csv"]).status == 64)
    #expect(try Program.run(["simulate"]).status == 64)
    #expect(try Program.run(["frobnicate"]).status == 64)
  }

  @Test("a store that another process writes is refused with its remedy, and loses nothing")
  func lockedStore() async throws {
    let scratch = try Scratch()
    let config = try scratch.write(Self.configuration, to: "c.yaml")
    let running = try RunningServe(config: config)
    let result = try Program.run(["serve", "--config", config, "--port", "0"])
    expect(result, status: 1, saying: "in use")
    #expect(try running.stop() == 0)
  }

  @Test(
    "a store that cannot be written is refused with its remedy",
    .enabled(
      if: getuid() == 0 && FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv"),
      "needs root, to become somebody without rights"))
  func readOnlyStore() throws {
    let scratch = try Scratch()
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: scratch.folder.path)
    let trace = try scratch.write(smoothTrace(days: 1), to: "t.csv")
    let store = scratch.path("s.sqlite")
    let arguments = [
      "import", "csv", "--store", store, "--service", "web", "--history", trace,
    ]
    #expect(try Program.run(arguments).status == 0)
    let result = try Program.run(arguments, asNobody: true)
    expect(result, status: 1, saying: "cannot be written")
    #expect(try Program.run(arguments).status == 0)
  }

  @Test("a port that is in use is refused with its remedy")
  func portInUse() throws {
    let scratch = try Scratch()
    let running = try RunningServe(config: try scratch.write(Self.configuration, to: "a.yaml"))
    let other = try scratch.write(
      Self.configuration.replacingOccurrences(of: "s.sqlite", with: "other.sqlite"), to: "b.yaml")
    let result = try Program.run(["serve", "--config", other, "--port", "\(running.port)"])
    expect(result, status: 1, saying: "another port")
    #expect(try running.stop() == 0)
  }

  @Test("an address that others can reach is refused while there are no tokens")
  func publicAddress() throws {
    let scratch = try Scratch()
    let config = try scratch.write(
      Self.configuration.replacingOccurrences(of: "127.0.0.1", with: "0.0.0.0"), to: "c.yaml")
    expect(try Program.run(["serve", "--config", config]), status: 78, saying: "tokens")
  }

  static let configuration = """
    server: { listen: 127.0.0.1:0, log: { level: error } }
    store: { path: s.sqlite }
    sources: { pushed: { kind: push } }
    services:
      - id: web
        demand: { source: pushed }
        fleet: { rate_per_replica: 40, boot: 90s, min: 3, max: 200 }
    """

  private func expect(
    _ result: Program.Result, status: Int32, saying text: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(result.status == status, "\(result.errors)", sourceLocation: sourceLocation)
    #expect(result.errors.contains(text), "\(result.errors)", sourceLocation: sourceLocation)
    let lines = result.errors.split(separator: "\n").filter { $0.hasPrefix("scaler: ") }
    #expect(lines.count == 1, "\(result.errors)", sourceLocation: sourceLocation)
  }
}

/// `scaler serve` in a process of its own, up and listening.
final class RunningServe {
  private let process = Process()
  private let scratch: Scratch
  let port: Int

  init(config: String) throws {
    scratch = try Scratch()
    let log = scratch.url("log")
    try Data().write(to: log)
    process.executableURL = URL(fileURLWithPath: Program.path)
    process.arguments = ["serve", "--config", config]
    process.standardError = try FileHandle(forWritingTo: log)
    process.standardOutput = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let deadline = Date() + 30
    while true {
      let text = try String(contentsOf: log, encoding: .utf8)
      if let found = text.firstMatch(of: /http:\/\/127\.0\.0\.1:(\d+)\//), let port = Int(found.1) {
        self.port = port
        return
      }
      guard process.isRunning, Date() < deadline else {
        throw ServeDidNotStart(log: text)
      }
      usleep(50_000)
    }
  }

  deinit { if process.isRunning { process.terminate() } }

  /// Asks it to stop, and gives its exit code.
  func stop() throws -> Int32 {
    process.terminate()
    process.waitUntilExit()
    return process.terminationStatus
  }
}

struct ServeDidNotStart: Error { var log: String }
