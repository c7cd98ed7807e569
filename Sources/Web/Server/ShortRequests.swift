import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTPTypes

/// Collects a short request and hands it over whole: one task per request instead of a stream whose
/// parts and answer pass one by one between the connection's task and its event loop. A tenth of the
/// processor time of a single sample.
///
/// Taken are requests with an announced, short body while nothing else is under way on the
/// connection. What arrives before the answer is sent waits, unread as far as it can.
final class ShortRequests: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart
  typealias Answer = @Sendable (Request, any Channel) async -> Response

  /// Bytes.
  static let longestBody = 4096

  private enum State {
    /// Parts pass; so many of their answers are due.
    case passing(due: Int)
    case collecting(HTTPRequest, ByteBuffer)
    case answering
  }

  /// What arrived during an answer.
  private enum Arrival {
    case part(HTTPRequestPart)
    case event(Any)
    case failure(any Error)
  }

  private let answer: Answer
  private var state = State.passing(due: 0)
  private var arrivals: [Arrival] = []
  private var owesRead = false
  private var context: ChannelHandlerContext?

  init(_ answer: @escaping Answer) { self.answer = answer }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let part = unwrapInboundIn(data)
    switch (state, part) {
    case (.answering, _): arrivals.append(.part(part))
    case (.passing(due: 0), .head(let head)) where Self.isShort(head):
      state = .collecting(head, ByteBuffer())
    case (.passing(let due), .head):
      state = .passing(due: due + 1)
      context.fireChannelRead(data)
    case (.passing, _): context.fireChannelRead(data)
    case (.collecting(let head, var body), .body(var bytes)):
      // Most come in one piece, which is not copied.
      if body.readableBytes == 0 { body = bytes } else { body.writeBuffer(&bytes) }
      state = .collecting(head, body)
    case (.collecting(let head, let body), .end):
      begin(Request(head: head, body: RequestBody(buffer: body)), context)
    case (.collecting, .head): break  // No decoder begins a request within another.
    }
  }

  private static func isShort(_ head: HTTPRequest) -> Bool {
    guard head.method == .post, let length = head.headerFields[.contentLength].flatMap({ Int($0) })
    else { return false }
    return length <= longestBody && !head.headerFields.contains(.connection)
  }

  private func begin(_ request: Request, _ context: ChannelHandlerContext) {
    state = .answering
    let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
    let channel = context.channel
    Task { [answer] in
      let response = await answer(request, channel)
      let body = CollectedBody()
      do {
        try await response.body.write(body)
      } catch {
        // As a stream that breaks off.
        return channel.close(promise: nil)
      }
      let bytes = body.bytes
      channel.eventLoop.execute { handler.value.send(response.head, bytes) }
    }
  }

  private func send(_ head: HTTPResponse, _ body: ByteBuffer) {
    // The connection may be gone.
    guard let context else { return }
    state = .passing(due: 0)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    if body.readableBytes > 0 { context.write(wrapOutboundOut(.body(body)), promise: nil) }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    resume(context)
  }

  /// Goes on with what arrived during the answer.
  private func resume(_ context: ChannelHandlerContext) {
    let arrivals = arrivals
    self.arrivals = []
    for arrival in arrivals {
      switch arrival {
      case .part(let part): channelRead(context: context, data: wrapInboundOut(part))
      case .event(let event): userInboundEventTriggered(context: context, event: event)
      case .failure(let error): errorCaught(context: context, error: error)
      }
    }
    if !arrivals.isEmpty { context.fireChannelReadComplete() }
    guard owesRead, case .passing = state else { return }
    owesRead = false
    context.read()
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if case .end = unwrapOutboundIn(data), case .passing(let due) = state {
      state = .passing(due: max(0, due - 1))
    }
    context.write(data, promise: promise)
  }

  func read(context: ChannelHandlerContext) {
    if case .answering = state, !arrivals.isEmpty { owesRead = true } else { context.read() }
  }

  /// A sender that closes its side still gets its answer.
  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .answering = state, event is ChannelEvent {
      arrivals.append(.event(event))
    } else {
      context.fireUserInboundEventTriggered(event)
    }
  }

  /// The stream answers what cannot be read; for that it needs the request's beginning.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch state {
    case .answering:
      arrivals.append(.failure(error))
      return
    case .collecting(let head, let body):
      state = .passing(due: 1)
      context.fireChannelRead(wrapInboundOut(.head(head)))
      context.fireChannelRead(wrapInboundOut(.body(body)))
      context.fireChannelReadComplete()
    case .passing: break
    }
    context.fireErrorCaught(error)
  }
}

/// The body of an answer in one piece.
private final class CollectedBody: ResponseBodyWriter {
  private(set) var bytes = ByteBuffer()

  func write(_ buffer: ByteBuffer) async throws {
    if bytes.readableBytes == 0 { bytes = buffer } else { bytes.writeImmutableBuffer(buffer) }
  }

  func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
