import Domain
import Foundation
import Testing

@testable import Web

@Suite("Samples in")
struct SamplesTests {
  @Test(
    "F-01 F-02 F-07: what is accepted reaches the store; the rest is rejected one by one with a reason"
  )
  func mixed() async throws {
    let ingested = Ingested()
    let body = """
      {"note": {"anything": [1, {}]}, "samples": [
        {"service":"shop/checkout","metric":"rate","timestamp":"2026-11-23T10:29:00+01:00","value":12.5},
        {"service":"shop/checkout","metric":"rate","timestamp":1795426150.75,"value":-1},
        {"service":"no spaces","metric":"rate","timestamp":1795426150,"value":1},
        {"service":"a","metric":"cpu","timestamp":1795426150,"value":1},
        {"service":"a","metric":"queue","timestamp":"noon","value":1},
        {"service":"a","metric":"queue","timestamp":1795426150,"value":"1"},
        {"service":"a","metric":"queue","timestamp":1795426150,"value":1e400},
        {"service":"a","metric":"queue","timestamp":1795426150,"value":null},
        {"service":"a","metric":"queue","timestamp":1795426150},
        {"metric":"queue","timestamp":1795426150,"value":1},
        {"service":"a","service":"b","metric":"queue","timestamp":1795426150,"value":1},
        17,
        {"service":"a","metric":"queue","timestamp":1795429999,"value":1},
        {"service":"b","metric":"ready","timestamp":"1795426150","value":3,"unit":"replicas"}
      ]}
      """
    let answer = try await withServer(.still(into: ingested)) {
      try await $0.post("/v1/samples", body)
    }
    #expect(answer.status == 200)
    #expect(answer.json["accepted"] as? Int == 2)
    let rejected = try #require(answer.json["rejected"] as? [[String: Any]])
    let reasons = rejected.map { "\($0["index"] ?? "") \($0["reason"] ?? "")" }
    #expect(
      reasons == [
        "1 negative", "2 bad_service", "3 unknown_metric", "4 bad_timestamp", "5 bad_value",
        "6 not_finite", "7 bad_value", "8 missing_value", "9 missing_service",
        "10 repeated_member", "11 not_an_object", "12 in_the_future",
      ])
    let first = try #require(ingested.all.first)
    #expect(first.time == Timestamp(seconds: 1_795_426_140))
    #expect(first.value == 12.5)
    #expect(ingested.all.last?.metric == .ready)
  }

  @Test(
    "F-09: what is not JSON of the expected outline is refused whole, with the byte where it goes wrong",
    arguments: [
      ("", 0), ("[]", 0), ("{}", 2), (#"{"samples":7}"#, 11), (#"{"samples":[{]}"#, 13),
      (#"{"samples":[]} x"#, 15), (#"{"samples":[],}"#, 14), (#"{"samples":[1,]}"#, 14),
      (#"{"samples":[01]}"#, 13), (#"{"samples":["\x"]}"#, 14), (#"{"samples":["#, 12),
      (#"{"samples":[],"samples":[]}"#, 24), (#"{'samples':[]}"#, 1),
      (#"{"samples":["\ud800"]}"#, 19), ("{\"samples\":[\"a\u{1}\"]}", 14),
      (#"{"samples":[nul]}"#, 12),
      (#"{"samples":[1.]}"#, 14), (#"{"samples":[NaN]}"#, 12),
    ])
  func malformed(body: String, offset: Int) async throws {
    let answer = try await withServer { try await $0.post("/v1/samples", body) }
    #expect(answer.status == 400)
    #expect(answer.json["type"] as? String == "urn:scaler:problem:bad-json")
    #expect(answer.json["offset"] as? Int == offset)
  }

  @Test("F-09: nesting is bounded, in what is read and in what is skipped")
  func depth() throws {
    let deep = Array((#"{"x":"# + String(repeating: "[", count: 10_000)).utf8)
    #expect(throws: JSONError(offset: 68, reason: "nested deeper than 64 levels")) {
      try SampleDocument(parsing: deep)
    }
  }

  @Test("F-11: invalid UTF-8 is refused")
  func invalidText() throws {
    let bytes = Array(#"{"samples":[{"service":""#.utf8) + [0xFF, 0xFE] + Array(#""}]}"#.utf8)
    #expect(throws: JSONError(offset: 23, reason: "the string is not valid UTF-8")) {
      try SampleDocument(parsing: bytes)
    }
  }

  @Test("F-08: too much is 413, announced or not, and the connection ends")
  func tooLarge() async throws {
    let ingested = Ingested()
    try await withServer(.still(into: ingested), configure: { $0.bodyLimit = 1000 }) { client in
      let announced = try await client.exchange(
        client.head(
          "POST", "/v1/samples", ["Content-Type: application/json", "Content-Length: 99999999999"]))
      #expect(announced.status == 413)
      #expect(announced.headers["connection"] == "close")
      let chunk = "400\r\n" + String(repeating: " ", count: 1024) + "\r\n"
      let chunked = try await client.exchange(
        client.head(
          "POST", "/v1/samples", ["Content-Type: application/json", "Transfer-Encoding: chunked"])
          + chunk + chunk)
      #expect(chunked.status == 413)
      #expect(chunked.json["limit"] as? Int == 1000)
      #expect(try await client.get("/healthz").status == 200)
    }
    #expect(ingested.all.isEmpty)
  }

  @Test("Only plain JSON is taken")
  func mediaTypes() async throws {
    try await withServer { client in
      let form = try await client.post("/v1/samples", "{}", type: "text/plain")
      #expect(form.status == 415)
      let gzip = try await client.post(
        "/v1/samples", "{}", headers: ["Content-Encoding: gzip"])
      #expect(gzip.status == 415)
      let charset = try await client.post(
        "/v1/samples", #"{"samples":[]}"#, type: "application/json; charset=utf-8")
      #expect(charset.status == 200)
    }
  }

  @Test("F-11: names with control or direction characters, and huge ones, are refused one by one")
  func hostileNames() throws {
    let names = [
      "a\\u0000", "\\u202Eweb", "x'; DROP TABLE series; --", String(repeating: "n", count: 65_536),
    ]
    let samples = names.map {
      #"{"service":"\#($0)","metric":"rate","timestamp":1795426150,"value":1}"#
    }
    let document = try SampleDocument(
      parsing: Array(#"{"samples":[\#(samples.joined(separator: ","))]}"#.utf8))
    #expect(document.samples.isEmpty)
    #expect(document.rejected.map(\.reason) == names.map { _ in "bad_service" })
  }

  @Test("Lines are stored as they come, whatever pieces they come in, and are refused one by one")
  func lines() async throws {
    let text = """
      {"service":"a","metric":"rate","timestamp":1795426150,"value":1}\r

      {"service":"a","metric":"queue","timestamp":1795426150,"value":-1}
      [1]
      {"service":"a"
      {"service":"a","metric":"rate","timestamp":1795426165,"value":2} x
      \(String(repeating: "y", count: 5000))
      {"service":"b","metric":"ready","timestamp":"2026-11-23T09:29:25Z","value":3}
      """
    let expected = ["1 negative", "2 not_an_object", "3 bad_json", "4 bad_json", "5 line_too_long"]
    let ingested = Ingested()
    let answer = try await withServer(.still(into: ingested)) { client in
      let whole = try await client.post("/v1/samples", text, type: "application/x-ndjson")
      let head = client.head(
        "POST", "/v1/samples",
        [
          "Content-Type: application/x-ndjson", "Content-Length: \(text.utf8.count)",
          "Connection: close",
        ])
      let pieces = stride(from: 0, to: text.utf8.count, by: 700).map { start in
        String(decoding: Array(text.utf8)[start..<min(start + 700, text.utf8.count)], as: UTF8.self)
      }
      let answer = try RawClient.parse(try await client.send([head] + pieces, pause: 0.002))
      #expect(answer.body == whole.body)
      return answer
    }
    #expect(answer.status == 200)
    #expect(answer.json["accepted"] as? Int == 2)
    let rejected = try #require(answer.json["rejected"] as? [[String: Any]])
    #expect(rejected.map { "\($0["index"] ?? "") \($0["reason"] ?? "")" } == expected)
    #expect(ingested.all.suffix(3).map(\.value) == [1, -1, 3])
  }

  @Test("A stream of lines longer than any body may be is taken whole")
  func longStream() async throws {
    let ingested = Ingested()
    let count = 25_000
    let answer = try await withServer(.still(into: ingested), configure: { $0.bodyLimit = 1000 }) {
      let lines = (0..<count).map {
        #"{"service":"a","metric":"rate","timestamp":\#(1_795_400_000 + $0),"value":1}"#
      }
      return try await $0.post(
        "/v1/samples", lines.joined(separator: "\n"), type: "application/x-ndjson")
    }
    #expect(answer.json["accepted"] as? Int == count)
    #expect(ingested.all.count == count)
  }

  @Test("Lines of a stream are stored as they come, and those before a break are not lost")
  func brokenStream() async throws {
    let ingested = Ingested()
    let lines = (0..<10).map {
      #"{"service":"a","metric":"rate","timestamp":\#(1_795_400_000 + $0),"value":1}"# + "\n"
    }
    let firstSeen = try await withServer(.still(into: ingested), configure: { $0.bodyTimeout = 6 })
    {
      client in
      // More is announced than ever comes.
      let head = client.head(
        "POST", "/v1/samples", ["Content-Type: application/x-ndjson", "Content-Length: 40000"])
      async let answer = client.send([head] + lines, pause: 0.4)
      while ingested.all.isEmpty { try await Task.sleep(for: .milliseconds(20)) }
      let seen = ingested.all.count
      #expect(!String(decoding: try await answer, as: UTF8.self).contains("200"))
      return seen
    }
    #expect(firstSeen < lines.count)
    #expect(ingested.all.map(\.time.seconds) == (0..<10).map { 1_795_400_000 + $0 })
  }

  @Test("The fuzzing corpus of JSON samples is read without a trap")
  func corpus() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Fuzz/corpus/samples")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(!names.isEmpty)
    for name in names {
      let bytes = [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
      guard let document = try? SampleDocument(parsing: bytes) else { continue }
      let indices = (document.samples.map(\.index) + document.rejected.map(\.index)).sorted()
      #expect(indices == Array(indices.indices), "\(name)")
    }
  }
}
