import Forecasting
import Testing

@Suite struct SeasonsTests {
  @Test(
    "a season is supported by two of its periods, half of them known",
    arguments: [(47, []), (48, [24]), (335, [24]), (336, [24, 168])] as [(Int, [Int])])
  func supported(count: Int, lengths: [Int]) {
    let values = (0..<count).map(Double.init)
    #expect(Seasons.supported([168, 24, 24, 1, -3], by: values).lengths == lengths)
    let gaps = (0..<count).map { $0 % 100 == 0 ? Double($0) : .nan }
    #expect(Seasons.supported([24, 168], by: gaps) == .none)
  }

  @Test("of five seasons the shorter four are kept")
  func five() {
    let values = Array(repeating: 1.0, count: 1000)
    #expect(Seasons.supported([5, 7, 11, 13, 17], by: values).lengths == [5, 7, 11, 13])
  }

  @Test("positions follow each other and wrap", arguments: [-25, -1, 0, 23, 167, 1_000_003])
  func positions(step: Int) throws {
    let seasons = try #require(Seasons([24, 168]))
    let here = seasons.positions(ofStep: step)
    #expect((0..<24).contains(here[0]) && (0..<168).contains(here[1]))
    #expect(seasons.positions(after: here) == seasons.positions(ofStep: step + 1))
  }
}
