import Domain
import HTTPTypes
import HummingbirdCore
import NIOCore

/// `POST /api/v1/write`: Prometheus Remote-Write 1.0. What is answered with 204 is on the disk.
///
/// 400 tells the sender not to repeat the request (what was good in it is stored), 429 and 5xx that
/// nothing of it was stored and that it may.
struct RemoteWriteAPI: Sendable {
  let services: WebServices
  let receiver: RemoteWriteReceiver
  let body: IngestBody
  let pushes: PushLog

  /// Bytes after decompression.
  static let plainLimit = 32 << 20

  init(
    services: WebServices, mapping: RemoteWriteMapping, bodyLimit: Int, pushes: PushLog
  ) {
    self.services = services
    self.pushes = pushes
    receiver = RemoteWriteReceiver(mapping)
    body = IngestBody(limit: bodyLimit)
  }

  var endpoints: [Endpoint] {
    [
      .post("/api/v1/write") { call in
        try Self.check(call.request)
        let buffer = try await body.collected(call.request)
        var batch: RemoteWriteBatch
        do {
          batch = try buffer.withUnsafeReadableBytes { try read($0, from: call.client) }
        } catch let error as RemoteWriteDefect {
          pushes.record(accepted: 0, rejected: ["malformed": 1])
          return .refusal("At byte \(error.offset): \(error.reason).")
        }
        let received = batch.samples.count + batch.notes.counts.values.reduce(0, +)
        let refusals = try await pushes.ingest(batch.samples, of: received, by: services)
        receiver.settle(&batch, refusals)
        pushes.record(
          accepted: refusals.count { $0 == nil }, rejected: batch.notes.counts)
        return try Self.answer(batch.notes)
      }
    ]
  }

  /// - Throws: `RemoteWriteDefect`; 413 for a body that announces more than may be unpacked.
  private func read(
    _ bytes: UnsafeRawBufferPointer, from client: String
  ) throws -> RemoteWriteBatch {
    guard try SnappyBlock.announced(by: bytes).length <= Self.plainLimit else {
      throw Problem.tooLarge(limit: Self.plainLimit)
    }
    let plain = try SnappyBlock.decoded(bytes, limit: Self.plainLimit)
    return try plain.withUnsafeBytes {
      try receiver.read($0, from: client, now: services.now())
    }
  }

  private static func check(_ request: Request) throws(Problem) {
    guard IngestBody.mediaType(of: request) == "application/x-protobuf",
      request.headers[.contentType]?.contains("io.prometheus.write.v2") != true
    else {
      throw .unsupportedMedia("Send Content-Type: application/x-protobuf (remote-write 1.0).")
    }
    try IngestBody.check(request, coding: "snappy")
  }

  private static func answer(_ notes: RemoteWriteNotes) throws(Problem) -> Response {
    if notes.hasTooManySeries { throw .tooManySeries }
    guard notes.refused > 0 else { return Response(status: .noContent) }
    return .refusal(
      "\(notes.refused) samples were refused, the others stored: "
        + notes.sentences.joined(separator: "; "))
  }
}

extension Response {
  /// A sentence: senders log the beginning of it.
  fileprivate static func refusal(_ sentence: String) -> Response {
    .text(sentence + "\n", type: "text/plain; charset=utf-8", status: .badRequest)
  }
}
