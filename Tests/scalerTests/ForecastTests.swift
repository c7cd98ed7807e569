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

  @Test("a daily season keeps to the local clock when that is changed")
  func localSeason() throws {
    let scratch = try Scratch()
    let (first, change) = (1_772_924_400, 1_774_746_000)
    // Nine o'clock in Berlin is busy; the last three days of four weeks are in summer time.
    var text = "timestamp,rate\n"
    let hours = (change - first) / 3600 + 3 * 24
    for hour in 0..<hours {
      let time = first + hour * 3600
      let local = (time + (time < change ? 3600 : 7200)) / 3600 % 24
      text += "\(time),\((local == 9 ? 100.0 : 10.0) + Double(hour * hour % 7) / 10)\n"
    }
    let file = try scratch.write(text, to: "h.csv")
    let result = try Program.run([
      "forecast", "--history", file, "--horizon", "24h", "--timezone", "Europe/Berlin",
      "--seasons", "1d", "--quantiles", "0.5", "--format", "csv",
    ])
    #expect(result.status == 0, "\(result.errors)")
    let rows = result.output.split(separator: "\n").dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let busiest = rows.max { Double($0[3]) ?? 0 < Double($1[3]) ?? 0 }
    #expect(busiest?[1].hasSuffix("T07:00:00Z") == true, "\(result.output)")
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

  @Test("--events takes rules and holidays, and says what they were learnt from")
  func events() throws {
    let scratch = try Scratch()
    let holidays = ["2025-12-04", "2025-12-11", "2025-12-22"]
    try scratch.write(
      holidays.map { $0 + ",Day of Nothing" }.joined(separator: "\n"), to: "XX.csv")
    let events = try scratch.write(
      """
      events:
        - { name: show, from: 2025-12-02T18:00:00Z, to: 2025-12-02T20:00:00Z, uplift: learned,
            rule: FREQ=WEEKLY, rise: 1h, fall: 1h }
        - { name: holiday, holidays: XX.csv, uplift: learned, services: [web] }
        - { name: promised, from: 2025-12-24T10:00:00Z, to: 2025-12-24T12:00:00Z, uplift: 4,
            services: [other] }
      """, to: "events.yaml")
    let file = try scratch.write(
      history(["web"]) { _, hour in
        let isShow = hour / 24 % 7 == 1 && (18..<20).contains(hour % 24)
        let isHoliday = [3, 10].contains(hour / 24)
        return day(hour) * (isShow ? 3 : 1) * (isHoliday ? 0.5 : 1)
      }, to: "h.csv")
    let one = try #require(
      try json(["--history", file, "--horizon", "3d", "--events", events]).first)
    let found = try #require(one["events"] as? [[String: Any]])
    #expect(found.compactMap { $0["name"] as? String } == ["show", "holiday"])
    #expect(found.compactMap { $0["occurrences"] as? Int } == [3, 2])
    #expect(found.compactMap { $0["steps"] as? Int } == [4, 24])
    let factors = found.compactMap { $0["factor"] as? Double }
    #expect((factors[0] - 3).magnitude < 0.3 && (factors[1] - 0.5).magnitude < 0.05, "\(factors)")
  }

  @Test("the store is forecast as the file that was loaded into it is")
  func store() throws {
    let scratch = try Scratch()
    let one = try scratch.write(
      history(["web"]) { day($1) }.replacing("series,", with: "").replacing("web,", with: ""),
      to: "one.csv")
    for service in ["web", "api"] {
      let loaded = try Program.run([
        "import", "csv", "--store", scratch.path("s.sqlite"), "--service", service, "--history",
        one,
      ])
      #expect(loaded.status == 0, "\(loaded.errors)")
    }
    let config = try scratch.write(
      "store: { path: s.sqlite }\nservices: [{ id: web, fleet: { rate_per_replica: 1, boot: 1s, "
        + "max: 9 } }]", to: "c.yaml")
    let arguments = ["--horizon", "48h", "--format", "csv"]
    let fromFile = try Program.run(["forecast", "--history", one] + arguments)
    let expected = Self.numbers(fromFile.output)
    #expect(expected.count == 48)
    for place in [["--store", scratch.path("s.sqlite")], ["--config", config]] {
      let fromStore = try Program.run(["forecast", "--service", "web"] + place + arguments)
      #expect(fromStore.status == 0, "\(fromStore.errors)")
      #expect(fromStore.output.contains("\nweb,2025-12-22T00:00:00Z,"))
      // The store keeps values within 1e-8 of what they were.
      let found = Self.numbers(fromStore.output)
      #expect(found.count == 48)
      for (row, other) in zip(found, expected) {
        #expect(zip(row, other).allSatisfy { ($0 / $1 - 1).magnitude < 1e-4 }, "\(row) \(other)")
      }
    }
    let all = try Program.run(["forecast", "--store", scratch.path("s.sqlite")] + arguments)
    #expect(all.output.split(separator: "\n").count == 1 + 2 * 48)
    let unknown = try Program.run(
      ["forecast", "--store", scratch.path("s.sqlite"), "--service", "wep"] + arguments)
    #expect(unknown.status == 65 && unknown.errors.contains("did you mean `web`?"))
    for wrong in [["--store", "s", "--history", one], []] {
      #expect(try Program.run(["forecast"] + wrong + arguments).status == 64)
    }
  }

  /// Mean and quantiles of a CSV's rows.
  private static func numbers(_ csv: String) -> [[Double]] {
    csv.split(separator: "\n").dropFirst()
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).dropFirst(2) }
      .map { $0.compactMap { Double($0) } }
  }

  @Test("too short a history for a season is said in the table as well")
  func shortHistory() throws {
    let scratch = try Scratch()
    let file = try scratch.write(history(["web"]) { $1 < 30 ? day($1) : nil }, to: "h.csv")
    let arguments = ["forecast", "--history", file, "--steps", "3", "--format", "table"]
    let short = try Program.run(arguments)
    #expect(short.output.contains("web: the history is too short for a season"), "\(short.output)")
    let long = try scratch.write(history(["web"]) { day($1) }, to: "h.csv")
    #expect(long == file)
    #expect(!(try Program.run(arguments)).output.contains("too short"))
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
