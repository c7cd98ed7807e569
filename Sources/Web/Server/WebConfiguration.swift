/// What the server may take and how long it waits. The defaults are the project's promises
/// (faults F-08 and F-13); tests lower them.
public struct WebConfiguration: Sendable {
  public var address: ListenAddress
  /// Bytes of one request's body.
  public var bodyLimit = 8 << 20
  /// Seconds for a request's head to arrive, and for a connection without a request.
  public var headTimeout = 10
  /// Seconds for a request's body to arrive; longer for one that brings `slowestBody` bytes a second.
  public var bodyTimeout = 30
  public var slowestBody = 1024
  public var connectionLimit = 1024
  /// Bytes of a request's head.
  public var headLimit = 16 << 10
  /// Seconds between two looks of an open dashboard.
  public var refreshInterval = 5
  /// The spans of time that the dashboard offers, in seconds; the first that is opened is
  /// `defaultSpan`.
  public var spans: [Int] = [3 * 3600, 86_400, 7 * 86_400]
  public var defaultSpan = 86_400
  /// Names besides the loopback addresses by which a browser may call the server, for a proxy in
  /// front of it. Any other is refused: a foreign page whose name was re-pointed to 127.0.0.1 must
  /// not read the answers (DNS rebinding).
  public var hostNames: [String] = []
  /// Which remote-write series are taken, and what they mean.
  public var remoteWrite: RemoteWriteMapping

  public init(
    address: ListenAddress, remoteWrite: RemoteWriteMapping = RemoteWriteMapping()
  ) {
    self.address = address
    self.remoteWrite = remoteWrite
  }
}
