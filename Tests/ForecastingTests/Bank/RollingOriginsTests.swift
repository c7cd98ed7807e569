import Testing

@testable import Forecasting

@Suite struct RollingOriginsTests {
  @Test(
    "a long history has four fits, a short one fewer, and none reaches into the forecast",
    arguments: [(900, 48, 4), (336, 48, 3), (200, 48, 0), (900, 1, 4), (900, 400, 1), (10, 7, 0)])
  func fits(count: Int, horizon: Int, fits: Int) {
    let origins = RollingOrigins(count: count, horizon: horizon, needed: 192)
    #expect(origins.cuts.count == fits + 1)
    #expect(origins.cuts.last == 0)
    #expect(zip(origins.cuts, origins.cuts.dropFirst()).allSatisfy { $0 > $1 })
    for (number, cut) in origins.cuts.enumerated() where cut > 0 {
      #expect(count - cut >= 192)
      for window in origins.windows(ofFit: number) {
        #expect(window > 0 && window <= cut)
      }
    }
    #expect(origins.windows(ofFit: fits) == [0])
  }

  @Test("a short horizon has many windows, a long one two of each fit")
  func windows() {
    #expect(RollingOrigins(count: 900, horizon: 1, needed: 10).windowsPerFit == 48)
    #expect(RollingOrigins(count: 900, horizon: 48, needed: 10).windowsPerFit == 2)
    #expect(RollingOrigins(count: 9000, horizon: 400, needed: 10).windowsPerFit == 2)
  }
}
