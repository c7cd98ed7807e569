import Hummingbird
import NIOCore

/// What is known about a request besides itself.
struct WebContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  /// The address that the connection comes from, without its port.
  let client: String

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    client = source.channel.remoteAddress?.ipAddress ?? "unknown"
  }
}
