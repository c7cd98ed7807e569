import Domain

/// `[start, end)` on the grid of `step`.
struct PrometheusChunk: Sendable {
  var start: Timestamp
  var end: Timestamp
  var step: Duration
  /// How many steps a request may have at most.
  var most: Int

  var count: Int { Int((end.seconds - start.seconds) / step.wholeSeconds) }

  /// The means of a range query's result on the grid, NaN where it has none: the value at an element's
  /// end covers the element. What is no rate, or lies outside the grid, is left out.
  ///
  /// - Throws: `malformed` for more than one series, naming the labels in which they differ.
  func means(of series: [PrometheusSeries]) throws(SourceError) -> [Double] {
    guard series.count <= 1 else { throw .malformed(PrometheusAnswer.ambiguity(series)) }
    var values = [Double](repeating: .nan, count: count)
    for point in series.first?.values ?? [] {
      guard point.value.isFinite, point.value >= 0, point.value <= Sample.ceiling else { continue }
      let position = (point.seconds - Double(start.seconds)) / step.inSeconds - 1
      let index = Int(position.rounded().clamped(to: -1...Double(count)))
      if values.indices.contains(index) { values[index] = point.value }
    }
    return values
  }
}

extension Double {
  /// NaN becomes the lower bound.
  fileprivate func clamped(to range: ClosedRange<Double>) -> Double {
    self >= range.lowerBound ? Swift.min(self, range.upperBound) : range.lowerBound
  }
}
