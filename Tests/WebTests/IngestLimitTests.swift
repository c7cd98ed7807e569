import Domain
import Testing

@testable import Web

@Suite("Limits of what is pushed")
struct IngestLimitTests {
  private static let fields = [
    "Content-Type: application/x-protobuf", "Content-Encoding: snappy", "Connection: close",
  ]

  @Test("F-08: remote-write that is too large, as sent or unpacked, is 413 before it is read")
  func sizes() async throws {
    let ingested = Ingested()
    let statuses = try await withServer(.still(into: ingested)) { client in
      // Announced and never sent: whoever waits for it does not answer.
      let announced = client.head(
        "POST", "/api/v1/write", Self.fields + ["Content-Length: \((8 << 20) + 1)"])
      let bomb = RemoteWriteSender.varint(UInt64(RemoteWriteAPI.plainLimit + 1)) + [0, 0x61]
      return [
        try RawClient.parse(try await client.send([announced])).status,
        try await client.post(
          "/api/v1/write", bytes: bomb, type: "application/x-protobuf",
          headers: ["Content-Encoding: snappy"]
        ).status,
      ]
    }
    #expect(statuses == [413, 413])
    #expect(ingested.all.isEmpty)
  }

  @Test("F-15: too many new series are 429, and what is known of the same request is stored")
  func quota() async throws {
    let ingested = Ingested()
    var services = WebServices.still()
    services.ingest = { samples in
      let known = samples.filter { !$0.service.name.hasPrefix("stranger") }
      ingested.append(known)
      return samples.map { $0.service.name.hasPrefix("stranger") ? .unknownService : nil }
    }
    func message(_ names: [String]) -> [UInt8] {
      RemoteWriteSender.literals(
        RemoteWriteSender.message(
          names.map { .init("rate", ["service": $0], [(Self.present, 1)]) }))
    }
    // What is not configured is passed over, and remembered.
    let strangers = message((0..<10_000).map { "stranger\($0)" })
    let known = message(["web"])
    let oneMore = message(["stranger", "web"])
    let limited = services
    let answers = try await withServer(limited) { client in
      var answers: [RawClient.Answer] = []
      for bytes in [known, strangers, oneMore] {
        answers.append(
          try await client.post(
            "/api/v1/write", bytes: bytes, type: "application/x-protobuf",
            headers: ["Content-Encoding: snappy"]))
      }
      return answers
    }
    #expect(answers.map(\.status) == [204, 204, 429])
    #expect(answers.last?.headers["retry-after"] == "60")
    #expect(ingested.all.map(\.service.name) == ["web", "web"])
  }

  @Test("I-11: what was accepted, rejected and turned away comes to what was received")
  func counts() async throws {
    var services = WebServices.still()
    services.ingest = { samples in
      if samples.contains(where: { $0.service.name == "busy" }) { throw IngestFailure.overloaded }
      return samples.map { $0.value < 0 ? .negative : nil }
    }
    let failing = services
    let metrics = try await withServer(failing) { client in
      for service in ["busy", "web"] {
        let samples = [1, -1].map {
          #"{"service":"\#(service)","metric":"rate","timestamp":1795426150,"value":\#($0)}"#
        }
        _ = try await client.post(
          "/v1/samples", #"{"samples":[\#(samples.joined(separator: ","))]}"#)
        let message = RemoteWriteSender.message([
          .init("rate", ["service": "web"], [(Self.present, 1)]),
          .init("rate", ["service": "x"], [(Self.present, -1)]),
          .init("queue", ["service": "\(service)"], [(Self.present, 1)]),
        ])
        _ = try await client.post(
          "/api/v1/write", bytes: RemoteWriteSender.literals(message),
          type: "application/x-protobuf", headers: ["Content-Encoding: snappy"])
      }
      _ = try await client.post("/v1/samples", "{")
      return try await client.get("/metrics").body
    }
    let counted = metrics.split(separator: "\n")
      .filter { $0.hasPrefix("scaler_samples_") }
      .map { String($0.dropFirst("scaler_samples_".count)) }
    #expect(
      counted == [
        "accepted_total 3", #"rejected_total{reason="malformed"} 1"#,
        #"rejected_total{reason="negative"} 2"#, #"rejected_total{reason="overloaded"} 5"#,
      ])
  }

  private static let present = WebServices.present.seconds * 1000
}
