/// Points of one series by ascending time, one per instant. The newest few stand in the value
/// itself, not on the heap: a list that lies in an array of thousands takes a point without a look
/// at memory that the processor does not have at hand.
struct PointList: Sendable {
  private static let inlineCount = 16
  private static let nothing = Point(time: 0, value: 0)
  private static let four = (nothing, nothing, nothing, nothing)

  private var older: [Point] = []
  /// How many of `recent` are points.
  private var recentCount = 0
  private var recent = (four, four, four, four)

  var count: Int { older.count + recentCount }
  var isEmpty: Bool { recentCount == 0 && older.isEmpty }

  /// All of them.
  var array: [Point] {
    var copy = self
    copy.settle()
    return copy.older
  }

  subscript(index: Int) -> Point {
    if index < older.count { return older[index] }
    precondition(index < count, "no point \(index) of \(count)")
    return withUnsafeBytes(of: recent) {
      $0.loadUnaligned(
        fromByteOffset: (index - older.count) * MemoryLayout<Point>.stride, as: Point.self)
    }
  }

  /// Takes a point later than every other.
  mutating func append(_ point: Point) {
    if recentCount == Self.inlineCount { settle() }
    let offset = recentCount * MemoryLayout<Point>.stride
    withUnsafeMutableBytes(of: &recent) {
      $0.storeBytes(of: point, toByteOffset: offset, as: Point.self)
    }
    recentCount += 1
  }

  /// Takes a point that stands between others.
  mutating func insert(_ point: Point, at index: Int) {
    settle()
    older.insert(point, at: index)
  }

  /// Drops the first `count` points; keeps the memory for the next ones.
  mutating func removeFirst(_ count: Int) {
    settle()
    older.removeSubrange(..<count)
  }

  /// Moves the newest points to the others.
  @inline(never)
  private mutating func settle() {
    let recent = recent
    withUnsafeBytes(of: recent) { bytes in
      older.append(contentsOf: bytes.bindMemory(to: Point.self).prefix(recentCount))
    }
    recentCount = 0
  }
}
