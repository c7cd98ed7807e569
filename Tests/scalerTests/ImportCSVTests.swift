import Domain
import Foundation
import Storage
import Testing

@Suite("Importing a CSV", .serialized)
struct ImportCSVTests {
  /// Two days of quarter hours around the night in which Berlin's clocks are put forward, with a gap and
  /// a line twice.
  private static let text: String = {
    var lines = ["timestamp,rate"]
    for quarter in 0..<192 where !(104..<108).contains(quarter) {
      lines.append("\(1_774_656_000 + quarter * 900),\(900 + quarter)")
    }
    lines.append(lines[7])
    return lines.joined(separator: "\n") + "\n"
  }()

  private func stored(_ path: String) throws -> TimeSeries {
    let from = Timestamp(seconds: 1_774_656_000)
    return try Store.read(path).series(
      of: ServiceID.named("web"), metric: .rate, from: from, to: from + .seconds(192 * 900),
      step: .seconds(900))
  }

  @Test("--dry-run says what the file holds and stores nothing")
  func dryRun() throws {
    let scratch = try Scratch()
    let file = try scratch.write(Self.text, to: "h.csv")
    let result = try Program.run([
      "import", "csv", "--store", scratch.path("s.sqlite"), "--service", "web", "--history", file,
      "--dry-run",
    ])
    #expect(result.status == 0, "\(result.errors)")
    for part in [
      "web: ", "step 15m", "188 values", "4 missing in 1 gap", "1 duplicate",
      "an hour is missing at 2026-03-29T02:00:00Z",
    ] {
      #expect(result.errors.contains(part), "\(part) is not in: \(result.errors)")
    }
    #expect(!FileManager.default.fileExists(atPath: scratch.path("s.sqlite")))
  }

  @Test("standard input is a file as well, and so is a packed one; counts become rates")
  func otherFiles() throws {
    let scratch = try Scratch()
    let plain = try scratch.write(Self.text, to: "h.csv")
    let packing = Process()
    packing.executableURL = URL(fileURLWithPath: "/usr/bin/gzip")
    packing.arguments = ["--keep", plain]
    try packing.run()
    packing.waitUntilExit()
    for (history, input) in [("-", URL(fileURLWithPath: plain)), (plain + ".gz", nil)] {
      let store = scratch.path("\(history.count).sqlite")
      let load = [
        "import", "csv", "--store", store, "--service", "web", "--history", history, "--unit",
        "count",
      ]
      let result = try Program.run(load, input: input)
      #expect(result.status == 0, "\(result.errors)")
      let series = try stored(store)
      #expect(series.knownCount == 188)
      #expect(series[0] == 1)
      #expect(series[191].map { abs($0 - 1091.0 / 900) < 1e-8 } == true)
      #expect(series[104] == nil)
      let repeated = try Program.run(load, input: input)
      #expect(repeated.errors.contains("0 values added, 188 were there already"))
    }
  }

  @Test("a unit that is none is a usage error")
  func unit() throws {
    let scratch = try Scratch()
    let file = try scratch.write(Self.text, to: "h.csv")
    let result = try Program.run([
      "import", "csv", "--store", scratch.path("s.sqlite"), "--service", "web", "--history", file,
      "--unit", "per_minute",
    ])
    #expect(result.status == 64)
  }
}
