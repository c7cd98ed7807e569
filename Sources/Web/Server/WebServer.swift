import HTTPTypes
import HummingbirdCore
public import Logging
import NIOCore
import NIOPosix
public import ServiceLifecycle

/// The HTTP API and the dashboard as one service: runs until the group around it shuts down, then
/// finishes the answers under way and closes.
///
/// ```swift
/// let server = WebServer(
///   configuration: WebConfiguration(address: try ListenAddress("127.0.0.1:8080")),
///   services: services, logger: logger
/// ) { port in print("http://127.0.0.1:\(port)/") }
/// ```
public struct WebServer: Service {
  private let configuration: WebConfiguration
  private let logger: Logger
  private let onListening: @Sendable (_ port: Int) async -> Void
  private let responder: WebResponder

  /// - Parameters:
  ///   - services: everything that the server shows or takes in.
  ///   - onListening: called once with the port when connections are accepted.
  public init(
    configuration: WebConfiguration, services: WebServices, logger: Logger,
    onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
  ) {
    self.configuration = configuration
    self.logger = logger
    self.onListening = onListening
    let log = RequestLog()
    responder = WebResponder(
      routes: Self.routes(configuration, services, log, PushLog()),
      caller: CallerCheck(hostNames: configuration.hostNames), log: log)
  }

  static func routes(
    _ configuration: WebConfiguration, _ services: WebServices, _ log: RequestLog,
    _ pushes: PushLog
  ) -> RouteTable {
    RouteTable(
      Dashboard(services: services, configuration: configuration).endpoints
        + ServicesAPI(services: services).endpoints
        + HistoryAPI(services: services).endpoints
        + ForecastAPI(services: services).endpoints
        + DecisionsAPI(services: services).endpoints
        + SamplesAPI(
          services: services, bodyLimit: configuration.bodyLimit, pushes: pushes
        ).endpoints
        + RemoteWriteAPI(
          services: services, mapping: configuration.remoteWrite,
          bodyLimit: configuration.bodyLimit, pushes: pushes
        ).endpoints
        + OperatorAPI(services: services).endpoints
        + ExportAPI(services: services).endpoints
        + HealthAPI(services: services).endpoints
        + MetricsAPI(services: services, log: log, pushes: pushes).endpoints
        + OpenAPIDocument.endpoints)
  }

  /// Listens and answers until shut down.
  ///
  /// - Throws: `WebServerError.cannotListen` if the address is taken or refused.
  public func run() async throws {
    let date = AnswerDate()
    let answer: ShortRequests.Answer = { [responder, logger] request, channel in
      var response = await responder.respond(
        to: request, from: channel.remoteAddress, logger: logger)
      response.headers.append(HTTPField(name: .date, value: date.text))
      return response
    }
    let stream = HTTP1Channel(
      responder: { request, writer, channel in
        let response = await answer(request, channel)
        do {
          try await writer.write(response: response.head, body: response.body)
        } catch {
          throw ConnectionLost()
        }
      },
      configuration: HTTP1Channel.Configuration(
        additionalChannelHandlers: [
          RequestDeadline(
            bodyTimeout: .seconds(Int64(configuration.bodyTimeout)),
            slowestBody: configuration.slowestBody)
        ],
        idleTimeout: .seconds(Int64(configuration.headTimeout)),
        httpDecoderConfiguration: .init(
          maxHeaderFieldSize: configuration.headLimit,
          maxHeaderListSize: configuration.headLimit, maxHeaderFieldCount: 100)))
    let server = Server(
      childChannelSetup: WebChannel(stream: stream, answer: answer),
      configuration: ServerConfiguration(
        address: .hostname(configuration.address.host, port: configuration.address.port),
        availableConnectionsDelegate: .maximum(configuration.connectionLimit, logger: logger)),
      onServerRunning: { [configuration, onListening] channel in
        await onListening(channel.localAddress?.port ?? configuration.address.port)
      },
      eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
    do {
      try await server.run()
    } catch let error as IOError {
      throw WebServerError.cannotListen(configuration.address, detail: "\(error)")
    }
  }
}

/// An answer could not be sent to its end: the connection is closed, and nothing more written to it.
private struct ConnectionLost: Error {}
