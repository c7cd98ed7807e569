import Domain
import Foundation

/// What Prometheus' HTTP API answers to `query` and `query_range`.
struct PrometheusReply: Decodable {
  enum Status: String, Decodable { case success, error }

  var status: Status
  var data: PrometheusResult?
  var errorType: String?
  var error: String?
  var warnings: [String]?
  /// VictoriaMetrics says so when some of its storage did not answer.
  var isPartial: Bool?

  /// Why the data may lack a part; nil if it is whole. Prometheus 3 hands out remarks on the query's
  /// style by the same way, which take nothing away from the data.
  var partiality: String? {
    if isPartial == true { return "the result is partial" }
    return warnings?.first { !$0.hasPrefix("PromQL info") && !$0.hasPrefix("PromQL warning") }
  }
}

enum PrometheusResult: Decodable {
  case vector([PrometheusSeries])
  case matrix([PrometheusSeries])
  case other(String)

  private enum Key: String, CodingKey { case resultType, result }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let type = try container.decode(String.self, forKey: .resultType)
    switch type {
    case "vector": self = .vector(try container.decode([PrometheusSeries].self, forKey: .result))
    case "matrix": self = .matrix(try container.decode([PrometheusSeries].self, forKey: .result))
    default: self = .other(type)
    }
  }
}

struct PrometheusSeries: Decodable {
  var metric: [String: String]
  /// Of an instant query; nil for a native histogram.
  var value: PrometheusPoint?
  /// Of a range query.
  var values: [PrometheusPoint]?
}

/// `[1700000000.5, "12.5"]`.
struct PrometheusPoint: Decodable {
  var seconds: Double
  /// NaN where the server says so or writes what is no number.
  var value: Double

  init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    seconds = try container.decode(Double.self)
    value = Double(try container.decode(String.self)) ?? .nan
  }
}

extension PrometheusReply {
  /// The reply of a response, or what the failure means to the caller.
  static func reading(_ response: HTTPResponse) throws(SourceError) -> PrometheusReply {
    let reply = try? JSONDecoder().decode(PrometheusReply.self, from: Data(response.body))
    if let reply, reply.status == .success, response.isSuccess { return reply }
    let said = reply?.error.map { "\(reply?.errorType ?? "error"): \($0)" }
    let text = "\(said ?? response.excerpt) (HTTP \(response.status))"
    switch response.status {
    case 401, 403: throw .denied(text)
    case 408, 429, 500...599: throw .unavailable(text)
    case 200..<300: throw .malformed("the answer is not Prometheus' JSON: \(response.excerpt)")
    case 300..<400: throw .malformed("redirected to \(response.header("Location") ?? "nowhere")")
    default: throw .malformed(text)
    }
  }
}

extension SourceError {
  init(_ error: HTTPError) {
    switch error {
    case .unreachable, .timedOut, .broken, .cancelled: self = .unavailable(error.description)
    case .untrusted, .credentials: self = .denied(error.description)
    case .tooLarge, .invalid: self = .malformed(error.description)
    }
  }

  /// The sentence alone.
  var sentence: String {
    switch self {
    case .unavailable(let text), .denied(let text), .malformed(let text): text
    }
  }
}
