/// The body of `POST /v1/samples`: every index is answered for once.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  guard let document = try? SampleDocument(parsing: bytes) else { return 0 }
  let indices = (document.samples.map(\.index) + document.rejected.map(\.index)).sorted()
  precondition(indices == Array(indices.indices), "a sample was lost")
  return 0
}
