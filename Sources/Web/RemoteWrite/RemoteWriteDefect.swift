/// Why the bytes of a remote-write request cannot be read, and where.
struct RemoteWriteDefect: Error, Equatable {
  /// Bytes from the start of the compressed or the decompressed body.
  let offset: Int
  let reason: String

  init(_ reason: String, at offset: Int) {
    self.offset = offset
    self.reason = reason
  }
}
