import Domain

/// Samples as they were acknowledged together, before they are sealed into chunks: a column each of
/// series, times and values.
struct Batch: Equatable, Sendable {
  var series: [Int64] = []
  var times: [Int64] = []
  var values: [Double] = []

  var count: Int { series.count }
  var isEmpty: Bool { series.isEmpty }

  mutating func reserveCapacity(_ count: Int) {
    series.reserveCapacity(count)
    times.reserveCapacity(count)
    values.reserveCapacity(count)
  }

  mutating func append(series: Int64, _ point: Point) {
    self.series.append(series)
    times.append(point.time)
    values.append(point.value)
  }

  /// Takes the points of a range; their series are taken one by one. Looks at no other field, so
  /// that nothing is counted as referenced.
  mutating func appendPoints(of samples: [Sample], _ range: Range<Int>) {
    samples.withUnsafeBufferPointer { samples in
      times += [Int64](unsafeUninitializedCapacity: range.count) { times, count in
        for index in range {
          times.initializeElement(at: count, to: samples[index].time.seconds)
          count += 1
        }
      }
      values += [Double](unsafeUninitializedCapacity: range.count) { values, count in
        for index in range {
          values.initializeElement(at: count, to: samples[index].value)
          count += 1
        }
      }
    }
  }
}
