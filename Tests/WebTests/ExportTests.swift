import Domain
import Synchronization
import Testing

@testable import Web

@Suite("Exports over a real port")
struct ExportTests {
  @Test("A table is streamed as it comes, with its type and a file's name")
  func streams() async throws {
    var services = WebServices.still()
    let questions = Questions()
    services.export = { question in
      questions.take(question)
      return ExportStream(fileName: "t.csv", mediaType: "text/csv") { sink in
        try await sink(Array("a,b\r\n".utf8))
        try await sink([])
        for row in 0..<5000 { try await sink(Array("\(row),2\r\n".utf8)) }
      }
    }
    try await withServer(services) { client in
      let answer = try await client.get(
        "/v1/export/forecast?horizon=2d&granularity=hour&timezone=Europe/Berlin&growth=3,2/9d"
          + "&at=1795426200&service=a,b&include=actual")
      #expect(answer.status == 200)
      #expect(answer.headers["content-type"] == "text/csv")
      #expect(answer.headers["content-disposition"] == "attachment; filename=\"t.csv\"")
      #expect(answer.headers["vary"] == "Accept")
      // The lines between the rows are the lengths of the transfer's chunks.
      let rows = answer.body.split(separator: "\r\n").filter { $0.contains(",") }
      #expect(rows.count == 5001)
      #expect(rows.last == "4999,2")
    }
    #expect(
      questions.all == [
        ExportQuestion(
          table: .forecast, format: .csv, horizon: "2d", granularity: "hour",
          timezone: "Europe/Berlin", at: "1795426200", growth: ["3", "2/9d"],
          services: ["a", "b"], include: "actual")
      ])
  }

  @Test(
    "The format is the one that Accept likes best, CSV among equals",
    arguments: [
      ("", "csv"), ("*/*", "csv"), ("text/csv", "csv"), ("application/json", "json"),
      ("application/x-ndjson", "ndjson"), ("application/json;q=0.5, text/csv;q=0.4", "json"),
      ("text/html, application/xhtml+xml, */*;q=0.8", "csv"),
      ("text/csv;q=0, application/*", "ndjson"), ("text/csv; q=0.1 , application/json", "json"),
    ])
  func accept(header: String, format: String) throws {
    #expect(try ExportAPI.format(accepting: header).rawValue == format)
  }

  @Test("A format that cannot be given is 406")
  func notAcceptable() {
    #expect(throws: Problem.self) { try ExportAPI.format(accepting: "image/png") }
    #expect(throws: Problem.self) { try ExportAPI.format(accepting: "*/*;q=0") }
  }

  @Test("What is not given is a problem document that says what to do")
  func refusals() async throws {
    let refusals: [(ExportRefusal, Int, String)] = [
      (.badParameter(name: "horizon", detail: "is from 1h to 416d"), 400, "bad-query"),
      (.unknownService("nobody"), 404, "unknown-service"),
      (.tooLittleHistory("there is too little"), 409, "too-little-history"),
      (.noPrice("no price is configured"), 409, "no-price"),
      (.busy, 503, "unavailable"), (.unavailable, 503, "unavailable"),
    ]
    for (refusal, status, code) in refusals {
      var services = WebServices.still()
      services.export = { _ in throw refusal }
      let answer = try await withServer(services) { try await $0.get("/v1/export/commitments") }
      #expect(answer.status == status)
      #expect(answer.headers["content-type"] == "application/problem+json")
      #expect(answer.json["type"] as? String == "urn:scaler:problem:" + code)
    }
    let queries = [
      "/v1/export/forecast?format=xlsx", "/v1/export/forecast?horizn=2d",
      "/v1/export/commitments?granularity=day",
    ]
    try await withServer { client in
      for path in queries {
        let answer = try await client.get(path)
        #expect(answer.status == 400, "\(path)")
        #expect(answer.json["type"] as? String == "urn:scaler:problem:bad-query")
      }
      // A server that was given no exports says so.
      #expect(try await client.get("/v1/export/forecast").status == 503)
    }
  }

  @Test("HEAD computes nothing")
  func head() async throws {
    var services = WebServices.still()
    let questions = Questions()
    services.export = { question in
      ExportStream(fileName: "t.csv", mediaType: "text/csv") { _ in questions.take(question) }
    }
    let answer = try await withServer(services) {
      try await $0.get("/v1/export/forecast", method: "HEAD")
    }
    #expect(answer.status == 200)
    #expect(answer.headers["content-type"] == "text/csv")
    #expect(questions.all.isEmpty)
  }
}

/// What an export was asked.
private final class Questions: Sendable {
  private let questions = Mutex<[ExportQuestion]>([])

  func take(_ question: ExportQuestion) { questions.withLock { $0.append(question) } }
  var all: [ExportQuestion] { questions.withLock { $0 } }
}
