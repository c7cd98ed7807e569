import Foundation
import Testing

@Suite("scaler simulate", .serialized)
struct SimulateTests {
  static let scenario = """
    trace: t.csv
    step: 15s
    evaluate: { from: 2025-12-03T00:00:00Z, to: 2025-12-04T00:00:00Z }
    bursts: [ { start: 10h, rise: 60s, hold: 20m, fall: 5m, multiplier: 3 } ]
    fleet: { rate_per_replica: 1.0, boot: 60s }
    price: { per_replica_hour: 0.096 }
    policies:
      hybrid: { kind: hybrid }
      reactive: { kind: reactive }
      static: { kind: static }
      hpa-70: { kind: hpa-rps, target: 0.7 }
      oracle: { kind: oracle }
    """

  private func prepared() throws -> (Scratch, String) {
    let scratch = try Scratch()
    try scratch.write(smoothTrace(days: 3), to: "t.csv")
    return (scratch, try scratch.write(Self.scenario, to: "s.yaml"))
  }

  @Test("same seed, same bytes, in another process and on any number of threads")
  func deterministic() throws {
    let (scratch, file) = try prepared()
    var outputs: Set<String> = []
    for jobs in ["1", "2"] {
      let result = try Program.run([
        "simulate", "--scenario", file, "--seed", "11", "--format", "json", "--jobs", jobs,
      ])
      #expect(result.status == 0, "\(result.errors)")
      outputs.insert(result.output)
    }
    let result = try Program.run([
      "simulate", "--scenario", file, "--seed", "11", "--format", "json",
      "--series", scratch.path("series.csv"), "--decisions", scratch.path("decisions.csv"),
    ])
    outputs.insert(result.output)
    #expect(outputs.count == 1)
    let series = try String(contentsOfFile: scratch.path("series.csv"), encoding: .utf8)
    #expect(
      series.hasPrefix(
        "policy,step,timestamp,arrivals,ready,pending,queue,served,dropped,wait_seconds\n"))
    #expect(series.split(separator: "\n").count == 1 + 5 * 5760)
  }

  @Test("the JSON has the contract's fields")
  func document() throws {
    let (scratch, file) = try prepared()
    defer { withExtendedLifetime(scratch) {} }
    let result = try Program.run([
      "simulate", "--scenario", file, "--format", "json", "--policy", "hybrid,static",
      "--assert", "static.violation >= 0",
    ])
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(object["format_version"] as? Int == 1)
    let keys: Set = ["best", "format_version", "policies", "scenario", "thresholds"]
    #expect(keys.isSubset(of: object.keys))
    let policies = try #require(object["policies"] as? [[String: Any]])
    #expect(policies.map { $0["name"] as? String } == ["hybrid", "static"])
    let wanted: Set<String> = [
      "name", "kind", "replica_hours", "cost", "oracle_ratio", "violation", "late", "dropped",
      "availability", "p50_wait_seconds", "p99_wait_seconds", "peak_queue",
      "underprovisioned_seconds", "overprovision_ratio", "actions", "bursts",
    ]
    for policy in policies { #expect(wanted.isSubset(of: Set(policy.keys))) }
    let bursts = try #require(policies.first?["bursts"] as? [[String: Any]])
    #expect(bursts.count == 1)
    #expect(bursts.first?["time_to_capacity_seconds"] is Double)
  }

  @Test("--decisions writes every change of size with its reason, --report a page")
  func files() throws {
    let (scratch, file) = try prepared()
    let result = try Program.run([
      "simulate", "--scenario", file, "--policy", "hybrid,reactive", "--format", "json",
      "--decisions", scratch.path("decisions.csv"), "--series", scratch.path("series.csv"),
      "--report", scratch.path("report.html"),
    ])
    #expect(result.status == 0, "\(result.errors)")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let policies = try #require(object["policies"] as? [[String: Any]])
    let rows = try SeriesRows(scratch.path("decisions.csv"))
    #expect(rows.header == ["policy", "timestamp", "from", "to", "reason"])
    for policy in policies {
      let name = try #require(policy["name"] as? String)
      let own = rows.rows.filter { $0[0] == name }
      #expect(own.count == policy["actions"] as? Int, "\(name)")
      // A chain of sizes in the order of time, each with what asked for it.
      #expect(own.map { $0[1] } == own.map { $0[1] }.sorted())
      #expect(zip(own, own.dropFirst()).allSatisfy { $0[3] == $1[2] }, "\(name)")
      #expect(own.allSatisfy { $0[2] != $0[3] && $0[4].contains("observed") }, "\(name)")
    }
    #expect(rows.rows.contains { $0[4].contains("forecast") })
    let report = try String(contentsOfFile: scratch.path("report.html"), encoding: .utf8)
    for text in ["<!DOCTYPE html>", "The worst moments", "The decisions that mattered"] {
      #expect(report.range(of: text, options: .caseInsensitive) != nil, "\(text)")
    }
    #expect(!report.contains("<script"))
  }

  @Test("the table says how near the budget's limit comes to its bound, and why the worst was late")
  func sentences() throws {
    let (scratch, file) = try prepared()
    defer { withExtendedLifetime(scratch) {} }
    let arguments = ["simulate", "--scenario", file, "--policy", "reactive,oracle-budget"]
    let table = try Program.run(
      arguments + ["--format", "table", "--report", scratch.path("report.html")]
    ).output
    let json = try Program.run(arguments + ["--format", "json"]).output
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    let limit = try #require((object["policies"] as? [[String: Any]])?.last)
    let bound = try #require(limit["certified_bound"] as? Double)
    let ratio = try #require(limit["oracle_ratio"] as? Double)
    let line = try #require(table.split(separator: "\n").first { $0.hasPrefix("oracle-budget: ") })
    #expect(line.contains("less than \(String(format: "%.3f", bound)) × the oracle"), "\(line)")
    let gap = String(format: "%.2f", 100 * (ratio / bound - 1))
    #expect(line.contains("a gap of \(gap)"), "\(line)")
    let report = try String(contentsOfFile: scratch.path("report.html"), encoding: .utf8)
    #expect(report.contains(line), "\(line)")
    #expect(table.contains("the worst moments of reactive:"))
    #expect(table.contains("A burst that nobody had announced"))
  }

  @Test("a threshold that does not hold is 99, and says what the value was")
  func thresholds() throws {
    let (scratch, file) = try prepared()
    defer { withExtendedLifetime(scratch) {} }
    let arguments = ["simulate", "--scenario", file, "--policy", "reactive", "--assert"]
    #expect(try Program.run(arguments + ["reactive.oracle_ratio <= 9"]).status == 0)
    let failed = try Program.run(arguments + ["reactive.oracle_ratio <= 0.5"])
    #expect(failed.status == 99)
    #expect(failed.errors.contains("reactive.oracle_ratio <= 0.5 does not hold"))
    #expect(try Program.run(arguments + ["reactive.magic <= 1"]).status == 64)
    #expect(try Program.run(arguments + ["nobody.violation <= 1"]).status == 64)
  }

  @Test("a trace and a service file make a scenario")
  func fromFlags() throws {
    let scratch = try Scratch()
    let trace = try scratch.write(smoothTrace(days: 2), to: "t.csv")
    let service = checkout.appendingPathComponent("models/services/web.yaml").path
    let result = try Program.run([
      "simulate", "--trace", trace, "--service", service, "--growth", "3",
      "--policy", "reactive,static", "--format", "csv",
    ])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("reactive,reactive,"))
  }

  @Test("a scenario that cannot be run is 78 with every reason")
  func impossible() throws {
    let (scratch, _) = try prepared()
    let file = try scratch.write(
      Self.scenario.replacingOccurrences(of: "2025-12-04", with: "2026-12-04"), to: "bad.yaml")
    let result = try Program.run(["simulate", "--scenario", file])
    #expect(result.status == 78)
    #expect(result.errors.contains("the trace covers"))
  }
}

/// A CSV file as it was written, for files without line ends in their cells.
private struct SeriesRows {
  var header: [String]
  var rows: [[String]]

  init(_ path: String) throws {
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    var cells = lines.map { line in
      // Quoted cells keep their commas.
      line.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
        .flatMap { index, part in
          index % 2 == 1 ? [String(part)] : part.split(separator: ",").map(String.init)
        }
    }
    header = cells.isEmpty ? [] : cells.removeFirst()
    rows = cells
  }
}

@Suite("scaler forecast")
struct ForecastCommandTests {
  @Test("CSV rows come in the order of the input, one column per quantile")
  func csv() throws {
    let scratch = try Scratch()
    let trace = try scratch.write(smoothTrace(days: 9), to: "t.csv")
    let result = try Program.run([
      "forecast", "--history", trace, "--horizon", "24h", "--step", "1h",
      "--quantiles", "0.1,0.5,0.9,0.975", "--format", "csv",
    ])
    #expect(result.status == 0, "\(result.errors)")
    let lines = result.output.split(separator: "\n")
    #expect(lines.first == "series,timestamp,mean,p10,p50,p90,p97.5")
    #expect(lines.count == 25)
    for line in lines.dropFirst() {
      let numbers = line.split(separator: ",", omittingEmptySubsequences: false).dropFirst(2)
        .compactMap { Double($0) }
      #expect(numbers.count == 5)
      #expect(numbers.allSatisfy { $0 >= 0 && $0.isFinite })
      #expect(zip(numbers.dropFirst(), numbers.dropFirst(2)).allSatisfy { $0 <= $1 })
    }
    // A smooth day is forecast within a tenth of its amplitude.
    let first = try #require(Double(lines[13].split(separator: ",")[1]))
    #expect(abs(first - 30.4) < 3, "noon is about 28.5 to 32, not \(first)")
  }

  @Test("JSON names the model, its parameters and every candidate's errors")
  func json() throws {
    let scratch = try Scratch()
    let trace = try scratch.write(smoothTrace(days: 9), to: "t.csv")
    let result = try Program.run([
      "forecast", "--history", trace, "--steps", "4", "--step", "1h", "--format", "json",
    ])
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let series = try #require((object["series"] as? [[String: Any]])?.first)
    for key in ["model", "parameters", "candidates", "seasons", "points", "gaps", "seconds"] {
      #expect(series[key] != nil, "\(key)")
    }
    let candidates = try #require(series["candidates"] as? [[String: Any]])
    #expect(candidates.contains { ($0["name"] as? String)?.contains("naive") == true })
    #expect(candidates.allSatisfy { $0["weight"] is Double })
  }
}
