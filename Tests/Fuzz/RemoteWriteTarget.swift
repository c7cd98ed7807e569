import Domain

/// A remote-write body, compressed and plain: what is taken can be stored, and each sample has its
/// series.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let body = UnsafeRawBufferPointer(start: start, count: count)
  receive(body)
  guard let plain = try? SnappyBlock.decoded(body, limit: 1 << 20) else { return 0 }
  plain.withUnsafeBytes { receive($0) }
  return 0
}

private func receive(_ message: UnsafeRawBufferPointer) {
  let receiver = RemoteWriteReceiver(RemoteWriteMapping(), strangerLimit: 4)
  let now = Timestamp(seconds: 1_795_426_200)
  for _ in 0..<2 {
    guard var batch = try? receiver.read(message, from: "127.0.0.1", now: now) else { return }
    precondition(batch.samples.count == batch.origins.count, "a sample has no series")
    let refusals = batch.samples.map { $0.refusal(now: now) }
    precondition(
      refusals.allSatisfy { $0 == nil || $0 == .tooLarge }, "a sample cannot be stored")
    receiver.settle(&batch, refusals)
    precondition(batch.notes.sentences.count <= 5)
  }
}
