/// Bytes as they would come from a disk, with the checksum that a real error would not have: what is
/// decoded must be encoded to bytes that decode to the same again, and be readable point by point.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  var writer = BlobWriter(capacity: count + 4)
  for index in 0..<count { writer.byte(start[index]) }
  let blob = writer.sealed()
  if let sections = try? blob.withUnsafeBytes({ try ChunkCodec.decode($0) }), !sections.isEmpty {
    checkSections(sections)
  }
  if let batch = try? blob.withUnsafeBytes({ try BatchCodec.decode($0) }) {
    let again = try? BatchCodec.encode(batch, unit: 60).withUnsafeBytes {
      try BatchCodec.decode($0)
    }
    precondition(again == batch, "a batch changed")
  }
  _ = try? UnsafeRawBufferPointer(start: start, count: count).withMemoryRebound(to: UInt8.self) {
    try ChunkCodec.decode(UnsafeRawBufferPointer($0))
  }
  return 0
}

private func checkSections(_ sections: [Section]) {
  _ = ChunkSummary(of: sections)
  sections.forEachPoint(until: .max) { point in precondition(point.reach > 0) }
  let again = try? ChunkCodec.encode(sections).withUnsafeBytes { try ChunkCodec.decode($0) }
  precondition(again?.count == sections.count, "a chunk does not survive being written again")
}
