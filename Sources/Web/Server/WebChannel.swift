import HummingbirdCore
import Logging
import NIOCore

/// A connection that answers short requests with a body, the pushes of single samples, in its
/// pipeline, and everything else as a stream of parts.
struct WebChannel: ServerChildChannel {
  let stream: HTTP1Channel
  let answer: ShortRequests.Answer

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
    stream.setup(channel: channel, logger: logger).flatMapThrowing { value in
      let pipeline = channel.pipeline.syncOperations
      // Next to the stream, so that whatever watches the connection sees these requests as well.
      let last = try pipeline.handler(type: HTTPConnectionStateHandler.self)
      try pipeline.addHandler(ShortRequests(answer), position: .after(last))
      return value
    }
  }

  func handle(value: HTTP1Channel.Value, logger: Logger) async {
    await stream.handle(value: value, logger: logger)
  }
}
