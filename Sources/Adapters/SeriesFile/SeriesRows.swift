/// The rows of one series as they came: unsorted, with repetitions. NaN is an empty cell.
struct SeriesRows {
  var name: String
  /// The bytes of the name as they stand in the file, to recognise it without decoding.
  var rawName: [UInt8]
  var times: [Int64] = []
  var lines: [Int32] = []
  var rate: [Double] = []
  var queue: [Double] = []
  var ready: [Double] = []

  init(name: String, rawName: [UInt8]) {
    self.name = name
    self.rawName = rawName
  }
}
