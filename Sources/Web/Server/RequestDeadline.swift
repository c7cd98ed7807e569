import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Ends connections that dribble, and those whose answer said `Connection: close`.
///
/// A body gets a time, and more of it for every byte that it brings: a long stream may go on, while
/// whoever sends a byte every few seconds to hold the connection (F-13) is not waiting for an answer
/// and is cut off. After an answer with `Connection: close` (a body that is too large) the sending
/// side is closed and the rest follows shortly after, so that the client can read the answer before
/// it notices.
final class RequestDeadline: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let bodyTimeout: TimeAmount
  /// Bytes a second.
  private let slowestBody: Int
  private let lingering = TimeAmount.milliseconds(500)
  private var deadline: Scheduled<Void>?
  private var closesAfterAnswer = false
  /// Whether a request has begun and not ended.
  private var isReading = false
  private var bodyBegan = NIODeadline.uptimeNanoseconds(0)
  private var bodyBytes = 0

  /// - Parameter slowestBody: bytes a second, above zero.
  init(bodyTimeout: TimeAmount, slowestBody: Int) {
    self.bodyTimeout = bodyTimeout
    self.slowestBody = slowestBody
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head:
      isReading = true
      bodyBytes = 0
    case .body(let bytes): bodyBytes += bytes.readableBytes
    case .end:
      isReading = false
      cancel()
    }
    context.fireChannelRead(data)
  }

  /// A request that arrives whole needs no clock.
  func channelReadComplete(context: ChannelHandlerContext) {
    if isReading, deadline == nil {
      bodyBegan = .now()
      schedule(in: bodyTimeout, context) { self.judgeBody(context) }
    }
    context.fireChannelReadComplete()
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(let head):
      closesAfterAnswer = head.headerFields[.connection] == "close"
      context.write(data, promise: promise)
    case .body:
      context.write(data, promise: promise)
    case .end:
      context.writeAndFlush(data, promise: promise)
      guard closesAfterAnswer else { return }
      context.close(mode: .output, promise: nil)
      closeSoon(context)
    }
  }

  /// When the server shuts down, a body that is still on its way gets little time: Ctrl-C must not
  /// wait for a sender that stalls.
  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is ChannelShouldQuiesceEvent, deadline != nil { closeSoon(context) }
    context.fireUserInboundEventTriggered(event)
  }

  func handlerRemoved(context: ChannelHandlerContext) { cancel() }

  func channelInactive(context: ChannelHandlerContext) {
    cancel()
    context.fireChannelInactive()
  }

  private func judgeBody(_ context: ChannelHandlerContext) {
    let brought = TimeAmount.seconds(Int64(bodyBytes / slowestBody))
    let rest = bodyBegan + bodyTimeout + brought - .now()
    guard rest > .zero else { return context.close(promise: nil) }
    schedule(in: rest, context) { self.judgeBody(context) }
  }

  private func closeSoon(_ context: ChannelHandlerContext) {
    schedule(in: lingering, context) { context.close(promise: nil) }
  }

  private func schedule(
    in time: TimeAmount, _ context: ChannelHandlerContext, _ task: @escaping () -> Void
  ) {
    cancel()
    deadline = context.eventLoop.assumeIsolated().scheduleTask(in: time, task)
  }

  private func cancel() {
    deadline?.cancel()
    deadline = nil
  }
}
