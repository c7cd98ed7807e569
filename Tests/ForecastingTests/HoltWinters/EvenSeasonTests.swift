import Testing

@testable import Forecasting

@Suite struct EvenSeasonTests {
  @Test(
    "a season without jumps or gaps has the robust means that sorting by state finds, to the bit",
    arguments: UInt64(1)...30)
  func equal(seed: UInt64) throws {
    var random = Seeded(seed)
    let length = Int.random(in: 2...40, using: &random)
    let periods = Int.random(in: 1...60, using: &random)
    let phase = Int.random(in: 0..<length, using: &random)
    let first = Int.random(in: 0...3, using: &random)
    let indices = (0..<(length * periods)).map { Int32(first + ($0 + phase) % length) }
    var values = indices.map { _ in random.normal() }
    values[Int.random(in: values.indices, using: &random)] = 1e6

    var sorted = Array(repeating: 0.0, count: first + length)
    var even = sorted
    indices.withUnsafeBufferPointer { indices in
      values.withUnsafeBufferPointer { values in
        sorted.withUnsafeMutableBufferPointer {
          HoltWintersStates.addRobustMeans(of: values, at: indices, to: $0)
        }
      }
    }
    let rest = zip(values, indices).map { $0 - sorted[Int($1)] }
    let season = indices.withUnsafeBufferPointer {
      EvenSeason($0, steps: $0.count, first: first, length: length)
    }
    let found = try #require(season)
    values.withUnsafeMutableBufferPointer { values in
      even.withUnsafeMutableBufferPointer { even in
        found.takeRobustMeans(
          of: values, to: UnsafeMutableBufferPointer(rebasing: even[first...]),
          sampled: (HoltWintersStates.sampled, HoltWintersStates.sampledDeviations))
      }
    }
    #expect(even == sorted, "seed \(seed)")
    #expect(values == rest, "seed \(seed)")
  }

  @Test("a season that jumps, or whose last period is not whole, is not even")
  func uneven() {
    func season(_ indices: [Int32]) -> EvenSeason? {
      indices.withUnsafeBufferPointer { EvenSeason($0, steps: $0.count, first: 5, length: 3) }
    }
    #expect(season([6, 7, 5, 6, 7, 5]) != nil)
    #expect(season([6, 7, 5, 6]) == nil)
    #expect(season([5, 6, 7, 5, 7, 5]) == nil)
    #expect(season([8, 9, 10]) == nil)
    #expect(season([]) == nil)
  }
}
