import Domain
import Foundation
import Synchronization
import Testing

@testable import Web

@Suite("Remote-write")
struct RemoteWriteTests {
  private typealias Series = RemoteWriteSender.Series
  /// A minute before the fixture's now.
  private static let start: Int64 = 1_795_426_140_000

  private func read(
    _ series: [Series], by receiver: RemoteWriteReceiver = RemoteWriteReceiver(.init()),
    stored: Bool = true, refusing refusal: SampleRefusal? = nil, from client: String = "127.0.0.1"
  ) throws -> RemoteWriteBatch {
    let message = RemoteWriteSender.message(series)
    var batch = try message.withUnsafeBytes {
      try receiver.read($0, from: client, now: WebServices.present)
    }
    if stored { receiver.settle(&batch, batch.samples.map { _ in refusal }) }
    return batch
  }

  private static func at(_ seconds: Int64) -> Int64 { start + seconds * 1000 }

  private func post(_ client: RawClient, _ bytes: [UInt8]) async throws -> RawClient.Answer {
    try await client.post(
      "/api/v1/write", bytes: bytes, type: "application/x-protobuf",
      headers: ["Content-Encoding: snappy", "X-Prometheus-Remote-Write-Version: 0.1.0"])
  }

  @Test("Series that the mapping names become samples, the others are counted and passed over")
  func mapping() async throws {
    let ingested = Ingested()
    let message = RemoteWriteSender.message([
      Series("rate", ["job": "x", "service": "shop/checkout"], [(Self.at(0), 12.5)]),
      Series("queue", ["service": "shop/checkout"], [(Self.at(0) + 999, 3), (Self.at(15), 4)]),
      Series("go_goroutines", ["service": "shop/checkout"], [(Self.at(0), 9)]),
    ])
    let answer = try await withServer(.still(into: ingested)) {
      try await post($0, RemoteWriteSender.literals(message))
    }
    #expect(answer.status == 204)
    #expect(answer.body.isEmpty)
    let checkout = ServiceID.named("shop/checkout")
    let time = Timestamp(seconds: Self.start / 1000)
    #expect(
      ingested.all == [
        Sample(service: checkout, metric: .rate, time: time, value: 12.5),
        Sample(service: checkout, metric: .queue, time: time, value: 3),
        Sample(service: checkout, metric: .queue, time: time + .seconds(15), value: 4),
      ])
    #expect(
      try read([Series("go_goroutines", [:], [(0, 1), (1, 2)])]).notes.counts == ["unmapped": 2])
  }

  @Test("Series are told by their labels, in whatever order they come")
  func order() throws {
    let receiver = RemoteWriteReceiver(.init())
    func series(_ name: String, _ service: String) -> Series {
      Series(name, ["service": service], [(Self.at(0), 1)])
    }
    func heard(_ series: [Series]) throws -> [String] {
      try read(series, by: receiver).samples.map { "\($0.metric) \($0.service)" }
    }
    let (first, second) = (series("rate", "first"), series("rate", "second"))
    let other = series("go_goroutines", "first")
    // Of the same length, and the beginning of another.
    let (third, longer) = (series("rate", "thirds"), series("rate", "seconds"))
    #expect(try heard([first, other, second]) == ["rate first", "rate second"])
    #expect(try heard([second, first]) == ["rate second", "rate first"])
    #expect(
      try heard([other, first, third, second]) == ["rate first", "rate thirds", "rate second"])
    #expect(try heard([first, longer, second]) == ["rate first", "rate seconds", "rate second"])
    #expect(
      try heard([series("queue", "first"), series("queue", "first")])
        == ["queue first", "queue first"])
  }

  @Test("F-29 I-11: a counter becomes the rate between two samples; a reset counts from zero")
  func counter() throws {
    let receiver = RemoteWriteReceiver(.init())
    let values: [(Int64, Double)] = [
      (0, 100), (15, 250), (30, 40), (45, 40), (345, 340), (700, 900),
    ]
    var rates: [Int64: Double] = [:]
    for (second, value) in values {
      let batch = try read(
        [Series("requests_total", ["service": "web"], [(Self.at(second - 3600), value)])],
        by: receiver)
      for sample in batch.samples {
        rates[sample.time.seconds - Self.start / 1000 + 3600] = sample.value
      }
    }
    // Nothing for the first one, and nothing over the silence of 355 s.
    #expect(rates == [0: 10, 15: 40.0 / 15, 30: 0, 45: 1])
  }

  @Test("F-29: several scrapes in one request give the same rates as one by one")
  func together() throws {
    let batch = try read([
      Series(
        "requests_total", ["service": "web"],
        [(Self.at(0), 0), (Self.at(10) + 500, 21), (Self.at(20) + 500, 41)])
    ])
    #expect(batch.samples.map(\.value) == [2, 2])
    #expect(batch.samples.map { $0.time.seconds - Self.start / 1000 } == [0, 10])
  }

  @Test("A request that was not stored can be sent again and gives the same samples")
  func repeatAfterFailure() throws {
    let receiver = RemoteWriteReceiver(.init())
    let first = Series("requests_total", ["service": "web"], [(Self.at(0), 0)])
    let second = Series("requests_total", ["service": "web"], [(Self.at(15), 30)])
    _ = try read([first], by: receiver)
    let failed = try read([second], by: receiver, stored: false)
    let again = try read([second], by: receiver)
    #expect(failed.samples == again.samples)
    #expect(again.samples.map(\.value) == [2])
    // The answer was lost: sent once more, it changes nothing and is no mistake.
    let repeated = try read([first, second], by: receiver)
    #expect(repeated.samples.isEmpty)
    #expect(repeated.notes.refused == 0)
    let other = Series("requests_total", ["service": "web"], [(Self.at(15), 31)])
    #expect(try read([other], by: receiver).notes.counts == ["conflict": 1])
  }

  @Test("F-01 F-29: a stale marker is a gap and ends the series, so that another one may follow")
  func stale() throws {
    let receiver = RemoteWriteReceiver(.init())
    let stale = Double(bitPattern: RemoteWriteReceiver.staleMarker)
    func series(_ pod: String, _ second: Int64, _ value: Double) -> Series {
      Series("requests_total", ["pod": pod, "service": "web"], [(Self.at(second), value)])
    }
    _ = try read([series("a", 0, 0)], by: receiver)
    let ended = try read([series("a", 15, stale)], by: receiver)
    #expect(ended.samples.isEmpty)
    #expect(ended.notes.counts == ["stale": 1])
    let next = try read([series("b", 16, 5)], by: receiver)
    #expect(next.samples.isEmpty)
    #expect(next.notes.refused == 0)
    #expect(try read([series("b", 31, 35)], by: receiver).samples.map(\.value) == [2])
    // The ended one starts anew: no rate across its gap.
    _ = try read([series("b", 40, stale)], by: receiver)
    #expect(try read([series("a", 45, 500)], by: receiver).samples.isEmpty)
  }

  @Test(
    "F-25: two series for one service and metric are refused by the labels in which they differ")
  func ambiguous() async throws {
    let series = ["1", "2"].map { pod in
      Series(
        "rate", ["pod": pod, "service": "web", "zone": "z\(pod)"],
        [(Self.at(0), 5)])
    }
    let answer = try await withServer {
      try await post($0, RemoteWriteSender.literals(RemoteWriteSender.message(series)))
    }
    #expect(answer.status == 400)
    #expect(
      answer.body == """
        1 samples were refused, the others stored: rate{pod="2",service="web",zone="z2"} and \
        rate{pod="1",service="web",zone="z1"} are both the rate of web and differ in pod, zone; \
        record their sum by (service) and send that

        """)
  }

  @Test("Of two redundant senders the first is heard, and the other one once it is silent")
  func replicas() throws {
    let receiver = RemoteWriteReceiver(.init())
    func series(_ replica: String, _ second: Int64) -> Series {
      Series("rate", ["__replica__": replica, "service": "web"], [(Self.at(second), 5)])
    }
    #expect(try read([series("a", -600)], by: receiver).samples.count == 1)
    let doubled = try read([series("b", -600), series("b", -300)], by: receiver)
    #expect(doubled.samples.isEmpty)
    #expect(doubled.notes.counts == ["replica": 2])
    #expect(doubled.notes.refused == 0)
    #expect(try read([series("b", -299)], by: receiver).samples.count == 1)
  }

  @Test(
    "F-01 F-02 F-06 F-07 F-11: what cannot be stored is refused by itself, the rest is taken",
    arguments: [
      (0, Double.nan, "not_finite"), (0, .infinity, "not_finite"), (0, -.infinity, "not_finite"),
      (0, -1, "negative"), (61 + 60, 1, "in_the_future"),
      (-1_795_426_140, 1, "out_of_range"), (-1_795_426_141, 1, "out_of_range"),
      (400_000_000_000, 1, "out_of_range"),
    ] as [(Int64, Double, String)])
  func refusals(second: Int64, value: Double, reason: String) throws {
    for metric in ["rate", "requests_total"] {
      let batch = try read([
        Series("queue", ["service": "web"], [(Self.at(0), 1)]),
        Series(metric, ["service": "web"], [(Self.at(second), value)]),
        Series("ready", ["service": "web"], [(Self.at(0), 2)]),
      ])
      #expect(batch.samples.map(\.value) == [1, 2])
      #expect(batch.notes.counts == [reason: 1])
    }
  }

  @Test("Extreme times and values do not trap", arguments: [Int64.min, .max, 0, -1])
  func extremes(milliseconds: Int64) throws {
    for value in [0, -0.0, 1e308, .leastNonzeroMagnitude] {
      _ = try read([
        Series("rate", ["service": "a"], [(milliseconds, value)]),
        Series("requests_total", ["service": "b"], [(1000, value), (milliseconds, value)]),
      ])
    }
  }

  @Test("F-11: a label that is no service's name, or no text, is refused")
  func names() throws {
    let names = ["a b", "", "x\u{0}", "\u{202E}web", String(repeating: "x", count: 201)]
    for name in names {
      let batch = try read([Series("rate", ["service": name], [(Self.at(0), 1)])])
      #expect(batch.notes.counts == ["bad_service": 1], "\(name)")
    }
    #expect(
      try read([Series("rate", ["pod": "a"], [(Self.at(0), 1)])]).notes.sentences
        == ["rate{pod=\"a\"} has no label service"])
    let bad =
      RemoteWriteSender.field(1, Array("service".utf8)) + RemoteWriteSender.field(2, [0xFF, 0xFE])
    let name =
      RemoteWriteSender.field(1, Array("__name__".utf8))
      + RemoteWriteSender.field(2, Array("rate".utf8))
    let sample = RemoteWriteSender.field(2, [0x10, 0x01])
    let message = RemoteWriteSender.field(
      1, RemoteWriteSender.field(1, name) + RemoteWriteSender.field(1, bad) + sample)
    let receiver = RemoteWriteReceiver(.init())
    #expect(throws: RemoteWriteDefect("a label is not UTF-8", at: 22)) {
      try message.withUnsafeBytes {
        try receiver.read($0, from: "127.0.0.1", now: WebServices.present)
      }
    }
  }

  @Test("F-08: a series of too many labels or too long ones is refused whole")
  func tooManyLabels() {
    let many = RemoteWriteSender.field(
      1, (0..<1_000_000).flatMap { _ in RemoteWriteSender.field(1, [0x0A, 0x00]) })
    let long = RemoteWriteSender.message([
      Series("rate", ["service": String(repeating: "x", count: 65_536)], [(Self.at(0), 1)])
    ])
    for message in [many, long] {
      let receiver = RemoteWriteReceiver(.init())
      #expect(throws: RemoteWriteDefect.self) {
        try message.withUnsafeBytes {
          try receiver.read($0, from: "127.0.0.1", now: WebServices.present)
        }
      }
    }
  }

  @Test("F-15: new series of unknown services are bounded by client, known ones go on")
  func quota() throws {
    let receiver = RemoteWriteReceiver(.init(), strangerLimit: 3)
    func series(_ name: String) -> [Series] {
      [Series("rate", ["service": name], [(Self.at(0), 1)])]
    }
    for name in ["web", "api"] { _ = try read(series(name), by: receiver) }
    for index in 0..<3 {
      let batch = try read(series("x\(index)"), by: receiver, refusing: .unknownService)
      #expect(batch.notes.counts == ["unknown_service": 1])
      #expect(!batch.notes.hasTooManySeries)
    }
    let refused = try read(series("x3") + series("web"), by: receiver)
    #expect(refused.notes.hasTooManySeries)
    #expect(refused.samples.map(\.service.name) == ["web"])
    #expect(try read(series("x3"), by: receiver, from: "127.0.0.2").samples.count == 1)
  }

  @Test("F-09 F-17: a request that cannot be read whole stores nothing of it")
  func truncated() async throws {
    let series = ["rate", "queue"].map { Series($0, ["service": "web"], [(Self.at(0), 1)]) }
    let message = RemoteWriteSender.message(series)
    // Between two series a message may end.
    let boundary = RemoteWriteSender.message([series[0]]).count
    let receiver = RemoteWriteReceiver(.init())
    for count in 1..<message.count where count != boundary {
      #expect(throws: RemoteWriteDefect.self, "cut to \(count)") {
        try message.prefix(count).withUnsafeBytes {
          try receiver.read($0, from: "127.0.0.1", now: WebServices.present)
        }
      }
    }
    let ingested = Ingested()
    let short = RemoteWriteSender.literals(Array(message.dropLast()))
    let answer = try await withServer(.still(into: ingested)) { try await post($0, short) }
    #expect(answer.status == 400)
    #expect(answer.body.hasPrefix("At byte "))
    #expect(ingested.all.isEmpty)
  }

  @Test(
    "Other protocols are refused as such",
    arguments: [
      ("application/json", "snappy"), ("application/x-protobuf", "gzip"),
      ("application/x-protobuf;proto=io.prometheus.write.v2.Request", "snappy"),
    ])
  func mediaTypes(type: String, coding: String) async throws {
    let answer = try await withServer {
      try await $0.post(
        "/api/v1/write", bytes: [0], type: type, headers: ["Content-Encoding: \(coding)"])
    }
    #expect(answer.status == 415)
  }

  @Test(
    "F-16 F-31: the sender learns to come again when nothing was stored",
    arguments: [(IngestFailure.overloaded, 429, "1"), (.full, 507, "60")])
  func backPressure(failure: IngestFailure, status: Int, pause: String) async throws {
    var services = WebServices.still()
    services.ingest = { _ in throw failure }
    let message = RemoteWriteSender.message([
      Series("rate", ["service": "web"], [(Self.at(0), 1)])
    ])
    let failing = services
    let answers = try await withServer(failing) { client in
      [
        try await post(client, RemoteWriteSender.literals(message)),
        try await client.post(
          "/v1/samples",
          #"{"samples":[{"service":"a","metric":"rate","timestamp":1795426150,"value":1}]}"#),
      ]
    }
    for answer in answers {
      #expect(answer.status == status)
      #expect(answer.headers["retry-after"] == pause)
    }
  }

  @Test("An error of the store is 503, so that the sender comes again")
  func storeFails() async throws {
    var services = WebServices.still()
    services.ingest = { _ in throw StoreIsGone() }
    let failing = services
    let message = RemoteWriteSender.message([
      Series("rate", ["service": "web"], [(Self.at(0), 1)])
    ])
    let answer = try await withServer(failing) {
      try await post($0, RemoteWriteSender.literals(message))
    }
    #expect(answer.status == 503)
    #expect(!answer.body.contains("secret"))
  }

  /// Small inputs that fuzzing started from and found; the fuzz target is the longer check.
  @Test("The fuzzing corpus is read without a trap")
  func corpus() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Fuzz/corpus/remote-write")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(!names.isEmpty)
    for name in names {
      let bytes = [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
      let plain = try? bytes.withUnsafeBytes { try SnappyBlock.decoded($0, limit: 1 << 20) }
      for message in [bytes, plain ?? []] {
        let receiver = RemoteWriteReceiver(.init())
        let batch = try? message.withUnsafeBytes {
          try receiver.read($0, from: "127.0.0.1", now: WebServices.present)
        }
        for sample in batch?.samples ?? [] {
          let refusal = sample.refusal(now: WebServices.present)
          #expect(refusal == nil || refusal == .tooLarge, "\(name)")
        }
      }
    }
  }
}
