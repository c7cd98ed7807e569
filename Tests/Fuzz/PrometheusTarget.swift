import Domain

/// What a Prometheus answers: a value that is taken is a finite rate, a range's means fit its grid.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  let response = HTTPResponse(status: bytes.count % 7 == 0 ? 503 : 200, body: bytes)
  guard let reply = try? PrometheusReply.reading(response) else { return 0 }
  for label in [nil, "service"] {
    guard let answer = try? PrometheusAnswer(reply, label: label) else { continue }
    for (_, value) in answer.byName {
      guard case .success(let rate) = value else { continue }
      precondition((0...Sample.ceiling).contains(rate), "\(rate) was taken as a rate")
    }
  }
  let chunk = PrometheusChunk(
    start: Timestamp(seconds: 1_699_999_980), end: Timestamp(seconds: 1_700_003_580),
    step: .seconds(60), most: 60)
  guard case .matrix(let series) = reply.data, let means = try? chunk.means(of: series) else {
    return 0
  }
  precondition(means.count == 60, "the grid has another length")
  precondition(means.allSatisfy { $0.isNaN || (0...Sample.ceiling).contains($0) })
  return 0
}
