import Domain
import HummingbirdCore
import NIOCore

/// `POST /v1/samples`: takes measurements in. What is answered as accepted is on the disk.
struct SamplesAPI: Sendable {
  let services: WebServices
  let bodyLimit: Int
  let pushes: PushLog

  var endpoints: [Endpoint] {
    [
      .post("/v1/samples") { call in
        try IngestBody.check(call.request, coding: "identity")
        switch IngestBody.mediaType(of: call.request) {
        case "application/json": return .json(try await document(in: call.request).json)
        case "application/x-ndjson": return .json(try await lines(of: call.request).json)
        default:
          throw Problem.unsupportedMedia(
            "Send Content-Type: application/json, or application/x-ndjson for lines.")
        }
      }
    ]
  }

  private func document(in request: Request) async throws -> SamplesTaken {
    let buffer = try await IngestBody(limit: bodyLimit).collected(request)
    var document: SampleDocument
    do {
      document = try SampleDocument(parsing: Array(buffer.readableBytesView))
    } catch let error as JSONError {
      pushes.record(accepted: 0, rejected: ["malformed": 1])
      throw Problem.badBody(error)
    }
    try await store(&document)
    var taken = SamplesTaken()
    taken.add(document)
    return taken
  }

  /// Takes lines in while they arrive, and stores them some thousand or a second's worth at a time:
  /// a stream of a few lines a second reaches the disk as it comes.
  private func lines(of request: Request) async throws -> SamplesTaken {
    var lines = SampleLines()
    var taken = SamplesTaken()
    var flushed = ContinuousClock.now
    func flush() async throws {
      var document = lines.take()
      try await store(&document)
      taken.add(document)
      flushed = .now
    }
    var buffers = request.body.makeAsyncIterator()
    while true {
      let buffer: ByteBuffer?
      do {
        buffer = try await buffers.next()
      } catch {
        // What came before the break is stored, and safe to send again; not what is left of a line.
        try await flush()
        throw Problem.brokenBody
      }
      guard let buffer else { break }
      lines.consume(buffer.readableBytesView)
      let isMuch = lines.samples.count + lines.rejected.count >= Self.linesPerStore
      if isMuch || .now - flushed >= Self.longestWait { try await flush() }
    }
    lines.finish()
    try await flush()
    return taken
  }

  private static let linesPerStore = 10_000
  private static let longestWait = Duration.seconds(1)

  private func store(_ document: inout SampleDocument) async throws {
    let refusals = try await pushes.ingest(
      document.samples.map(\.sample), of: document.samples.count + document.rejected.count,
      by: services)
    var kept: [(index: Int, sample: Sample)] = []
    for (entry, refusal) in zip(document.samples, refusals) {
      if let refusal {
        document.rejected.append(
          SampleDocument.Rejection(index: entry.index, reason: refusal.rawValue))
      } else {
        kept.append(entry)
      }
    }
    document.samples = kept
    pushes.record(
      accepted: document.samples.count,
      rejected: document.rejected.reduce(into: [:]) { $0[$1.reason, default: 0] += 1 })
  }
}

/// What became of the samples of a request.
struct SamplesTaken {
  private var accepted = 0
  private var rejected: [SampleDocument.Rejection] = []
  private var unlisted = 0

  /// Rejected samples that are listed one by one; the rest of a long stream is only counted.
  private static let mostListed = SampleDocument.limit

  mutating func add(_ document: SampleDocument) {
    accepted += document.samples.count
    let sorted = document.rejected.sorted { $0.index < $1.index }
    let listed = sorted.prefix(Self.mostListed - rejected.count)
    rejected += listed
    unlisted += sorted.count - listed.count
  }

  var json: JSON {
    var members = [
      JSON.Member(name: "accepted", value: .integer(Int64(accepted))),
      JSON.Member(
        name: "rejected",
        value: .array(
          rejected.map { ["index": .integer(Int64($0.index)), "reason": .string($0.reason)] })),
    ]
    if unlisted > 0 {
      members.append(JSON.Member(name: "rejected_unlisted", value: .integer(Int64(unlisted))))
    }
    return .object(members)
  }
}
