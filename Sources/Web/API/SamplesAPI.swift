import Domain
import Hummingbird
import NIOCore

/// `POST /v1/samples`: takes measurements in. What is answered as accepted is on the disk.
struct SamplesAPI: Sendable {
  let services: WebServices
  let bodyLimit: Int
  let pushes: PushLog

  var endpoints: [Endpoint] {
    [
      .post("/v1/samples") { call in
        let bytes = try await body(of: call.request)
        var document: SampleDocument
        do {
          document = try SampleDocument(parsing: bytes)
        } catch let error as JSONError {
          throw Problem.badBody(error)
        }
        try await store(&document)
        pushes.record(
          accepted: document.samples.count, rejected: document.rejected.map(\.reason))
        return .json(Self.json(document))
      }
    ]
  }

  private func store(_ document: inout SampleDocument) async throws {
    guard !document.samples.isEmpty else { return }
    let refusals = try await services.ingest(document.samples.map(\.sample))
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
  }

  private static func json(_ document: SampleDocument) -> JSON {
    let rejected = document.rejected.sorted { $0.index < $1.index }
    return [
      "accepted": .integer(Int64(document.samples.count)),
      "rejected": .array(
        rejected.map { ["index": .integer(Int64($0.index)), "reason": .string($0.reason)] }),
    ]
  }

  /// - Throws: 415 for anything but plain JSON, 413 for more than the limit (before it is read where
  ///   the length is announced).
  private func body(of request: Request) async throws -> [UInt8] {
    let type = request.headers[.contentType]?.split(separator: ";").first ?? ""
    guard type.lowercased() == "application/json" else {
      throw Problem.unsupportedMedia("Send Content-Type: application/json.")
    }
    if let coding = request.headers[.contentEncoding], coding.lowercased() != "identity" {
      throw Problem.unsupportedMedia("Content-Encoding \(coding) is not taken; send it plain.")
    }
    if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > bodyLimit {
      throw Problem.tooLarge(limit: bodyLimit)
    }
    do {
      let buffer = try await request.body.collect(upTo: bodyLimit)
      return Array(buffer.readableBytesView)
    } catch is NIOTooManyBytesError {
      throw Problem.tooLarge(limit: bodyLimit)
    } catch {
      throw Problem.brokenBody
    }
  }
}
