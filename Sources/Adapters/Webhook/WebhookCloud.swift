public import Domain
import Foundation

/// A platform behind one URL of the operator's own: commands are posted to it as CloudEvents 1.0 in
/// structured mode, readings asked from it, both signed as Standard Webhooks.
///
/// A command is repeated with the same `webhook-id` until it is answered or no longer valid. A
/// redirect, an answer that is not our JSON, or one longer than 64 KiB acknowledges nothing.
public struct WebhookCloud: CloudAdapter {
  public let capabilities = CloudCapabilities(
    commands: [.desired, .floor], holdsPlans: false, hasWarmPool: false)

  private let url: String
  private let signature: WebhookSignature?
  private let client: HTTPClient
  private let timeLimit: Duration
  private let retry: RetryPolicy
  private let now: @Sendable () -> Timestamp

  private static let answerLimit = 64 << 10

  /// - Parameters:
  ///   - secret: Signs every request; nil sends unsigned ones.
  ///   - timeLimit: For all attempts of one command or reading together.
  public init(
    url: String, secret: Secret?, options: HTTPOptions = HTTPOptions(),
    timeLimit: Duration = .seconds(15), retry: RetryPolicy = RetryPolicy(),
    now: @escaping @Sendable () -> Timestamp
  ) {
    var options = options
    // The URL may have been written by somebody who should not reach our credentials.
    options.forbidsLinkLocal = true
    self.url = url
    signature = secret.map(WebhookSignature.init)
    client = HTTPClient(options)
    self.timeLimit = timeLimit
    self.retry = retry
    self.now = now
  }

  public func observe(_ services: [ServiceID], at time: Timestamp) async -> [FleetReading] {
    func unknown(_ problem: String) -> [FleetReading] {
      services.map { _ in FleetReading(problem: problem) }
    }
    do throws(CloudError) {
      let event = CloudEvent(
        id: "observe-\(time.seconds)", type: "scaler.observe", subject: nil, time: time,
        data: FleetMessages.ObserveRequest(services: services, time: time))
      // Readings of ten thousand fleets are longer than an acknowledgement.
      let response = try await send(event, deadline: timeLimit, answerLimit: 16 << 20)
      return FleetMessages.readings(response.body, of: services, at: time)
    } catch {
      return unknown(error.sentence)
    }
  }

  public func apply(_ command: ScaleCommand) async throws(CloudError) -> ScaleOutcome {
    let time = now()
    let left = command.validUntil.since(time)
    guard left > .zero else { return .notSent("the command was valid until \(command.validUntil)") }
    let event = CloudEvent(
      id: "\(command.service)-\(command.occurrence)",
      type: "scaler.scale.\(command.kind.rawValue)", subject: command.service.name, time: time,
      data: FleetMessages.Command(command))
    let response = try await send(
      event, deadline: min(left, timeLimit), answerLimit: Self.answerLimit)
    return try FleetMessages.outcome(response.body, of: command)
  }

  private func send(
    _ event: CloudEvent<some Encodable>, deadline: Duration, answerLimit: Int
  ) async throws(CloudError) -> HTTPResponse {
    let body = try FleetMessages.encode(event)
    let response: HTTPResponse
    do throws(HTTPError) {
      let headers = try signature?.headers(id: event.id, time: now(), body: body) ?? []
      let request = HTTPRequest(
        .post, url,
        headers: headers + [HTTPHeader("Content-Type", "application/cloudevents+json")],
        body: body, answerLimit: answerLimit)
      response = try await client.send(request, deadline: deadline, retry: retry)
    } catch {
      throw CloudError(error)
    }
    guard response.isSuccess else { throw CloudError.refusal(response) }
    return response
  }
}

/// CloudEvents 1.0, structured mode.
private struct CloudEvent<Payload: Encodable>: Encodable {
  var specversion = "1.0"
  var id: String
  var source = "scaler"
  var type: String
  var subject: String?
  var time: Timestamp
  var datacontenttype = "application/json"
  var data: Payload

  init(id: String, type: String, subject: String?, time: Timestamp, data: Payload) {
    self.id = id
    self.type = type
    self.subject = subject
    self.time = time
    self.data = data
  }
}
