import Testing

@testable import Storage

@Suite("Points that wait to be sealed")
struct PointListTests {
  @Test(
    "A list says what an array says, whatever is appended, inserted and removed", arguments: 0..<30)
  func model(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    var list = PointList()
    var array: [Point] = []
    for _ in 0..<200 {
      switch Int.random(in: 0..<20, using: &generator) {
      case 0:
        let count = Int.random(in: 0...array.count, using: &generator)
        list.removeFirst(count)
        array.removeFirst(count)
      case 1...3 where !array.isEmpty:
        let index = Int.random(in: 0..<array.count, using: &generator)
        let point = Point(time: array[index].time - 1, value: .random(in: 0...9, using: &generator))
        list.insert(point, at: index)
        array.insert(point, at: index)
      default:
        let point = Point(
          time: (array.last?.time ?? 0) + 1000, value: .random(in: 0...9, using: &generator))
        list.append(point)
        array.append(point)
      }
      let copy = list
      #expect(copy.array == array)
      #expect(list.count == array.count)
      #expect(list.isEmpty == array.isEmpty)
      #expect(array.indices.allSatisfy { list[$0] == array[$0] })
    }
  }
}
