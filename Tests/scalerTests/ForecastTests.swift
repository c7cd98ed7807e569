import Foundation
import Testing

@Suite("scaler forecast", .serialized)
struct ForecastTests {
  /// Three weeks of hours for each series; the first hours of 1 December 2025 are the first.
  private func history(_ series: [String], _ rate: (_ series: Int, _ hour: Int) -> Double?)
    -> String
  {
    var text = "series,timestamp,rate\n"
    for (number, name) in series.enumerated() {
      for hour in 0..<504 {
        guard let rate = rate(number, hour) else { continue }
        text += "\(name),\(1_764_547_200 + hour * 3600),\(rate)\n"
      }
    }
    return text
  }

  private func day(_ hour: Int) -> Double {
    100 + 60 * sin(Double(hour) / 24 * 2 * .pi) + 5 * sin(Double(hour * hour % 97))
  }

  private func json(_ arguments: [String]) throws -> [[String: Any]] {
    let result = try Program.run(["forecast", "--format", "json"] + arguments)
    #expect(result.status == 0, "\(result.errors)")
    let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    return try #require((object as? [String: Any])?["series"] as? [[String: Any]])
  }

  @Test("CSV has the contract's columns, input order, ordered quantiles, on any number of jobs")
  func columns() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      history(["b", "a", "c"]) { Double($0 + 1) * day($1) }, to: "h.csv")
    var outputs: Set<String> = []
    for jobs in ["1", "3"] {
      let result = try Program.run([
        "forecast", "--history", file, "--horizon", "48h", "--quantiles", "0.025,0.5,0.975",
        "--jobs", jobs, "--format", "csv",
      ])
      #expect(result.status == 0, "\(result.errors)")
      outputs.insert(result.output)
    }
    #expect(outputs.count == 1)
    let lines = try #require(outputs.first).split(separator: "\n")
    #expect(lines.first == "series,timestamp,mean,p2.5,p50,p97.5")
    #expect(lines.count == 1 + 3 * 48)
    #expect(lines[1].hasPrefix("b,2025-12-22T00:00:00Z,"))
    #expect(lines[49].hasPrefix("a,") && lines[97].hasPrefix("c,"))
    for line in lines.dropFirst() {
      let row = line.split(separator: ",").dropFirst(3).compactMap { Double($0) }
      #expect(row.count == 3 && 0 <= row[0] && row[0] <= row[1] && row[1] <= row[2])
    }
  }

  @Test("a row per series, as in M4's files, is forecast like a row per series and hour")
  func wide() throws {
    let scratch = try Scratch()
    let long = try scratch.write(
      "series,timestamp,rate\n"
        + ["b", "a"].flatMap { name in
          (0..<(name == "b" ? 400 : 504)).map { "\(name),\($0 * 3600),\(day($0))\n" }
        }.joined(), to: "long.csv")
    let columns = (1...505).map { "\"V\($0)\"" }.joined(separator: ",")
    let rows = ["b", "a"].map { name in
      let values = (0..<504).map { name == "b" && $0 >= 400 ? "\"\"" : "\"\(day($0))\"" }
      return "\"\(name)\"," + values.joined(separator: ",")
    }
    let wide = try scratch.write(([columns] + rows).joined(separator: "\n"), to: "wide.csv")
    let arguments = ["--steps", "48", "--format", "csv", "--jobs", "2"]
    let one = try Program.run(["forecast", "--history", wide] + arguments)
    let other = try Program.run(["forecast", "--history", long] + arguments)
    #expect(one.status == 0 && one.output == other.output, "\(one.errors)")
    #expect(one.output.split(separator: "\n").count == 1 + 2 * 48)
  }

  @Test("JSON reports every candidate, parameters, seasons, points, gaps and seconds")
  func document() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      history(["web"]) { (200..<206).contains($1) ? nil : day($1) }, to: "h.csv")
    let one = try #require(try json(["--history", file, "--steps", "24"]).first)
    #expect(one["seasons"] as? [String] == ["1d", "1w"])
    #expect(one["points"] as? Int == 498 && one["gaps"] as? Int == 1)
    #expect(one["ladder"] as? String == "seasonal" && one["suspect"] as? Bool == false)
    #expect((one["anomalies"] as? [Any])?.isEmpty == true)
    #expect(one["seconds"] as? Double ?? 0 > 0)
    #expect((one["parameters"] as? [String: Double])?["season_2"] != nil)
    let candidates = try #require(one["candidates"] as? [[String: Any]])
    #expect(
      candidates.compactMap { $0["name"] as? String } == [
        "holt-winters-log", "holt-winters-sqrt", "holt-winters", "autoregression-log", "direct-log",
        "nearest-days",
        "seasonal-naive-long", "seasonal-naive",
      ])
    #expect(candidates.allSatisfy { $0["mase"] is Double && $0["pinball"] is Double })
    #expect((candidates.compactMap { $0["weight"] as? Double }.reduce(0, +) - 1).magnitude < 1e-9)
  }

  @Test("an outage in the history is told with its times, and left out")
  func outage() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      history(["web"]) { (400..<404).contains($1) ? 0 : day($1) }, to: "h.csv")
    let one = try #require(try json(["--history", file, "--steps", "24"]).first)
    let found = try #require(one["anomalies"] as? [[String: String]])
    #expect(
      found == [
        ["kind": "outage", "from": "2025-12-17T16:00:00Z", "to": "2025-12-17T20:00:00Z"]
      ])
    let table = try Program.run([
      "forecast", "--history", file, "--steps", "24", "--format", "table",
    ])
    #expect(table.output.contains("web: an outage from 2025-12-17T16:00:00Z to"))
  }

  @Test("the table has a sparkline, and every candidate's errors where there is one series")
  func table() throws {
    let scratch = try Scratch()
    let file = try scratch.write(history(["web"]) { day($1) }, to: "h.csv")
    let result = try Program.run([
      "forecast", "--history", file, "--horizon", "1d", "--format", "table",
    ])
    #expect(result.status == 0 && result.output.contains("│") && result.output.contains("█"))
    #expect(result.output.contains("CANDIDATE") && result.output.contains("nearest-days"))
    #expect(!result.errors.contains("\r"), "no progress bar where nobody looks")
  }

  @Test("a history too short for a season is forecast without one, and the table says so")
  func short() throws {
    let scratch = try Scratch()
    let file = try scratch.write(history(["web"]) { $1 < 40 ? day($1) : nil }, to: "h.csv")
    let result = try Program.run([
      "forecast", "--history", file, "--steps", "6", "--format", "table",
    ])
    #expect(result.output.contains("web: no season is modelled"), "\(result.errors)")
  }

  @Test("--at forecasts as if nothing later were known")
  func earlier() throws {
    let scratch = try Scratch()
    let whole = try scratch.write(history(["web"]) { day($1) }, to: "whole.csv")
    let cut = try scratch.write(history(["web"]) { $1 < 480 ? day($1) : nil }, to: "cut.csv")
    let arguments = ["--horizon", "6h", "--format", "csv"]
    let early = try Program.run(
      ["forecast", "--history", whole, "--at", "2025-12-21T00:00:00Z"] + arguments)
    let short = try Program.run(["forecast", "--history", cut] + arguments)
    #expect(early.status == 0 && early.output == short.output)
  }

  @Test(
    "what cannot be asked is refused as usage",
    arguments: [
      ["--steps", "0"], ["--horizon", "soon"], [], ["--steps", "3", "--horizon", "1h"],
      ["--steps", "3", "--quantiles", "1.5"], ["--steps", "3", "--timezone", "Nowhere/None"],
      ["--steps", "3", "--step", "90m"], ["--steps", "3", "--seasons", "4h,6h,12h,1d,7d"],
    ])
  func usage(arguments: [String]) throws {
    let scratch = try Scratch()
    let file = try scratch.write(history(["web"]) { day($1) }, to: "h.csv")
    let result = try Program.run(["forecast", "--history", file] + arguments)
    #expect(result.status == 64, "\(result.errors)")
    #expect(result.output.isEmpty && !result.errors.isEmpty)
  }
}
