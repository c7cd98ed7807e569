import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Ends connections that dribble, and those whose answer said `Connection: close`.
///
/// A body that has not ended in time closes the connection: whoever sends a byte every few seconds
/// to hold it (F-13) is not waiting for an answer. After an answer with `Connection: close` (a body
/// that is too large) the sending side is closed and the rest follows shortly after, so that the
/// client can read the answer before it notices.
final class RequestDeadline: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let bodyTimeout: TimeAmount
  private let lingering = TimeAmount.milliseconds(500)
  private var deadline: Scheduled<Void>?
  private var closesAfterAnswer = false
  /// Whether a request has begun and not ended.
  private var isReading = false

  init(bodyTimeout: TimeAmount) {
    self.bodyTimeout = bodyTimeout
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head: isReading = true
    case .body: break
    case .end:
      isReading = false
      cancel()
    }
    context.fireChannelRead(data)
  }

  /// A request that arrives whole needs no clock.
  func channelReadComplete(context: ChannelHandlerContext) {
    if isReading, deadline == nil { schedule(in: bodyTimeout, context) }
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
      schedule(in: lingering, context)
    }
  }

  /// When the server shuts down, a body that is still on its way gets little time: Ctrl-C must not
  /// wait for a sender that stalls.
  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is ChannelShouldQuiesceEvent, deadline != nil { schedule(in: lingering, context) }
    context.fireUserInboundEventTriggered(event)
  }

  func handlerRemoved(context: ChannelHandlerContext) { cancel() }

  func channelInactive(context: ChannelHandlerContext) {
    cancel()
    context.fireChannelInactive()
  }

  private func schedule(in time: TimeAmount, _ context: ChannelHandlerContext) {
    cancel()
    deadline = context.eventLoop.assumeIsolated().scheduleTask(in: time) {
      context.close(promise: nil)
    }
  }

  private func cancel() {
    deadline?.cancel()
    deadline = nil
  }
}
