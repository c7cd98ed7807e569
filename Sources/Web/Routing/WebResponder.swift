import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore

/// Answers every request: checks the caller, finds the route, turns problems into documents, adds
/// the headers that every answer has.
struct WebResponder: Sendable {
  let routes: RouteTable
  let caller: CallerCheck
  let log: RequestLog

  /// - Parameter client: where the connection comes from.
  func respond(
    to request: Request, from client: SocketAddress?, logger: Logger
  ) async -> Response {
    let clock = ContinuousClock()
    let start = clock.now
    var template = "none"
    var response: Response
    do throws(Problem) {
      try caller.check(request)
      let (endpoint, parameters) = try routes.match(request.method, path: request.uri.path)
      template = endpoint.template
      let query = try Query(request.uri.query, known: endpoint.parameters)
      response = await answer(
        Call(request: request, path: parameters, query: query, address: client), endpoint,
        logger)
    } catch {
      response = error.response
    }
    SecurityHeaders.add(to: &response)
    if request.method == .head { response = response.createHeadResponse() }
    log.record(
      template: template, method: request.method.rawValue, status: Int(response.status.code),
      duration: clock.now - start)
    return response
  }

  private func answer(_ call: Call, _ endpoint: Endpoint, _ logger: Logger) async -> Response {
    do {
      return try await endpoint.answer(call)
    } catch let problem as Problem {
      return problem.response
    } catch let failure as IngestFailure {
      logger.error("\(endpoint.method) \(endpoint.template) failed: \(failure)")
      return Problem(failure).response
    } catch {
      // What a closure of ours throws is the store's or the loop's business; the reason may hold
      // paths, so it goes to the log and not to the caller.
      logger.error("\(endpoint.method) \(endpoint.template) failed: \(error)")
      return Problem.unavailable(
        "The store or the control loop cannot answer now; the log says why."
      ).response
    }
  }
}

extension Response {
  /// An answer in JSON.
  static func json(_ value: JSON, status: HTTPResponse.Status = .ok) -> Response {
    .text(value.text, type: "application/json", status: status)
  }

  static func text(
    _ text: String, type: String, status: HTTPResponse.Status = .ok
  ) -> Response {
    Response(
      status: status, headers: [.contentType: type],
      body: .init(byteBuffer: ByteBuffer(string: text)))
  }
}
