import Foundation
import Testing

@Suite("An export that cannot be given ends with one sentence and a documented code", .serialized)
struct ExportRefusalTests {
  @Test(
    "a question that makes no sense is 64",
    arguments: [
      (["--horizon", "0h"], "--horizon"), (["--horizon", "2000d"], "416d"),
      (["--horizon", "soon"], "--horizon"), (["--granularity", "week"], "hour, day or month"),
      (["--timezone", "Mars"], "--timezone"), (["--at", "yesterday"], "--at"),
      (["--growth", "0"], "--growth"), (["--include", "everything"], "--include"),
      (["--service", "wbe"], "did you mean `web`?"), (["--format", "xlsx"], "csv"),
    ])
  func usage(arguments: [String], sentence: String) throws {
    let scratch = try Scratch()
    let config = try scratch.write(Self.configuration, to: "c.yaml")
    try Self.fill(scratch, days: 1)
    let result = try Program.run(["export", "forecast", "--config", config] + arguments)
    #expect(result.status == 64, "\(result.errors)")
    #expect(result.errors.contains(sentence), "\(result.errors)")
    #expect(result.output == "")
  }

  @Test("no store, a store without the service's demand and too little of it are 65")
  func history() throws {
    let scratch = try Scratch()
    let config = try scratch.write(Self.configuration, to: "c.yaml")
    for command in ["forecast", "commitments"] {
      let result = try Program.run(["export", command, "--config", config])
      #expect(result.status == 65, "\(result.errors)")
      #expect(result.errors.contains("does not exist yet"))
    }
    try Self.fill(scratch, days: 1, service: "another")
    let empty = try Program.run(["export", "forecast", "--config", config])
    #expect(empty.status == 65, "\(empty.errors)")
    #expect(empty.errors.contains("no demand of any configured service"))
    try Self.fill(scratch, days: 13)
    let short = try Program.run([
      "export", "forecast", "--config", config, "--output", scratch.path("out.csv"),
    ])
    #expect(short.status == 65, "\(short.errors)")
    #expect(short.errors.contains("web has 13d of history"))
    #expect(short.errors.contains("two weeks"))
    #expect(!FileManager.default.fileExists(atPath: scratch.path("out.csv")))
    #expect(!FileManager.default.fileExists(atPath: scratch.path("out.csv.part")))
  }

  @Test("samples and decisions of a store that has none are 65, of an unknown service 64")
  func notebooks() throws {
    let scratch = try Scratch()
    for command in ["samples", "decisions"] {
      let none = try Program.run(["export", command, "--store", scratch.path("s.sqlite")])
      #expect(none.status == 65, "\(none.errors)")
    }
    try Self.fill(scratch, days: 1)
    for command in ["samples", "decisions"] {
      let store = ["--store", scratch.path("s.sqlite")]
      let unknown = try Program.run(["export", command, "--service", "wbe"] + store)
      #expect(unknown.status == 64, "\(unknown.errors)")
      #expect(unknown.errors.contains("did you mean `web`?"))
      let backwards = ["--from", "2026-01-02T00:00:00Z", "--to", "2026-01-01T00:00:00Z"]
      #expect(try Program.run(["export", command] + backwards + store).status == 64)
    }
  }

  @Test(
    "a wrong section of the configuration is 78 and names what is wrong",
    arguments: [
      ("offers: [{ name: a, discount: 1.5 }]", "discount"),
      ("offers: [{ name: a, kind: gift, discount: 0.5 }]", "savings-plan"),
      ("commitments: [{ name: a, units: 3, discount: 0.3, target: nobody }]", "nobody"),
      ("instances: [{ name: a, rate_per_replica: 0, per_replica_hour: 1 }]", "rate_per_replica"),
      ("ofers: []", "did you mean `offers`?"),
    ])
  func configuration(section: String, sentence: String) throws {
    let scratch = try Scratch()
    let config = try scratch.write(
      Self.configuration + "\nprovisioning:\n  " + section + "\n", to: "c.yaml")
    let result = try Program.run(["export", "forecast", "--config", config])
    #expect(result.status == 78, "\(result.errors)")
    #expect(result.errors.contains(sentence), "\(result.errors)")
  }

  static let configuration = """
    store: { path: s.sqlite }
    sources: { pushed: { kind: push } }
    services:
      - id: web
        demand: { source: pushed }
        fleet: { rate_per_replica: 4, boot: 90s, min: 2, max: 200 }
        price:
          per_replica_hour: 0.1
          currency: EUR
          monthly_budget: 5000
          source: list
          as_of: 2025-12-01T00:00:00Z
    """

  private static func fill(_ scratch: Scratch, days: Int, service: String = "web") throws {
    let trace = try scratch.write(smoothTrace(days: days), to: "t.csv")
    let result = try Program.run([
      "import", "csv", "--store", scratch.path("s.sqlite"), "--service", service, "--history",
      trace,
    ])
    #expect(result.status == 0, "\(result.errors)")
  }
}
