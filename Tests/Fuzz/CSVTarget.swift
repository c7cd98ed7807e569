import Domain

/// A series file: whatever is taken is an even grid of finite values that are not negative.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  let layouts = SeriesFile.Unit.allCases.map { ($0, Int64?.none) } + [(.perSecond, 3600)]
  for (unit, wideStep) in layouts {
    guard let file = try? SeriesFile(bytes, unit: unit, wideStep: wideStep) else { continue }
    precondition(!file.series.isEmpty, "a file without series was taken")
    for series in file.series {
      for grid in [series.rate, series.queue, series.ready].compactMap({ $0 }) {
        precondition(
          grid.values.allSatisfy { $0.isNaN || ($0.isFinite && $0 >= 0) }, "a value is no rate")
        precondition(grid.count == series.rate.count, "the columns differ in length")
      }
      _ = series.report.description
    }
  }
  return 0
}
