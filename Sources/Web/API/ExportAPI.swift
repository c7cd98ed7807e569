import HTTPTypes
import HummingbirdCore
import NIOCore

/// `GET /v1/export/forecast` and `/v1/export/commitments`: the tables of `scaler export`, streamed.
struct ExportAPI: Sendable {
  let services: WebServices

  private static let parameters = ["format", "horizon", "timezone", "at", "growth", "service"]

  var endpoints: [Endpoint] {
    [
      .get(
        "/v1/export/forecast", parameters: Self.parameters + ["granularity", "include"]
      ) { try await answer($0, .forecast) },
      .get("/v1/export/commitments", parameters: Self.parameters) {
        try await answer($0, .commitments)
      },
    ]
  }

  private func answer(_ call: Call, _ table: ExportQuestion.Table) async throws -> Response {
    let query = call.query
    let question = ExportQuestion(
      table: table, format: try Self.format(call), horizon: query.text("horizon"),
      granularity: query.text("granularity"), timezone: query.text("timezone"),
      at: query.text("at"), growth: Self.list(query.text("growth")),
      services: Self.list(query.text("service")), include: query.text("include"))
    let stream: ExportStream
    do {
      stream = try await services.export(question)
    } catch let refusal as ExportRefusal {
      throw Problem(refusal)
    }
    var headers = HTTPFields()
    headers[.contentType] = stream.mediaType
    headers[.contentDisposition] = "attachment; filename=\"\(stream.fileName)\""
    headers[.vary] = "Accept"
    return Response(
      status: .ok, headers: headers,
      body: ResponseBody { writer in
        try await stream.write { bytes in
          if !bytes.isEmpty { try await writer.write(ByteBuffer(bytes: bytes)) }
        }
        try await writer.finish(nil)
      })
  }

  private static func list(_ text: String?) -> [String] {
    text.map { $0.split(separator: ",").map(String.init) } ?? []
  }

  /// `format` if given, else what `Accept` likes best, else CSV.
  static func format(_ call: Call) throws(Problem) -> ExportQuestion.Format {
    if let text = call.query.text("format") {
      guard let format = ExportQuestion.Format(rawValue: text) else {
        throw .badQuery("format", "\"\(text)\" is not a format; csv, ndjson and json are.")
      }
      return format
    }
    return try format(accepting: call.request.headers[.accept] ?? "")
  }

  /// The format with the greatest weight (RFC 9110, section 12.5.1); of equal ones the first of
  /// CSV, NDJSON and JSON.
  static func format(accepting header: String) throws(Problem) -> ExportQuestion.Format {
    let ranges = header.split(separator: ",").map { range in
      let parts = range.split(separator: ";").map { $0.filter { $0 != " " }.lowercased() }
      let weight = parts.dropFirst().first { $0.hasPrefix("q=") }
        .flatMap { Double($0.dropFirst(2)) }
      return (type: parts.first ?? "", weight: weight ?? 1)
    }
    guard !ranges.isEmpty else { return .csv }
    func weight(_ types: [String]) -> Double {
      // The most specific range that fits decides, be it the smaller weight.
      for pattern in types {
        if let range = ranges.first(where: { $0.type == pattern }) { return range.weight }
      }
      return 0
    }
    let offers: [(format: ExportQuestion.Format, weight: Double)] = [
      (.csv, weight(["text/csv", "text/*", "*/*"])),
      (.ndjson, weight(["application/x-ndjson", "application/ndjson", "application/*", "*/*"])),
      (.json, weight(["application/json", "application/*", "*/*"])),
    ]
    var best = offers[0]
    for offer in offers where offer.weight > best.weight { best = offer }
    guard best.weight > 0 else {
      throw Problem(
        status: .notAcceptable, code: "not-acceptable", title: "No such format",
        detail: "text/csv, application/x-ndjson and application/json can be given.")
    }
    return best.format
  }
}

extension Problem {
  init(_ refusal: ExportRefusal) {
    switch refusal {
    case .badParameter(let name, let detail):
      self = .badQuery(name, "The parameter \"\(name)\" \(detail).")
    case .unknownService(let name): self = .unknownService(name)
    case .tooLittleHistory(let detail):
      self.init(
        status: .conflict, code: "too-little-history", title: "Too little history",
        detail: detail + ".")
    case .noPrice(let detail):
      self.init(status: .conflict, code: "no-price", title: "No price", detail: detail + ".")
    case .busy:
      self = .unavailable("Another export is being made; ask again when it is through.")
      headers[.retryAfter] = "30"
    case .unavailable:
      self = .unavailable("This server makes no exports.")
    }
  }
}
