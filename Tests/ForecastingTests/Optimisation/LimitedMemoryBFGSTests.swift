import Testing

@testable import Forecasting

@Suite struct LimitedMemoryBFGSTests {
  @Test("Rosenbrock's valley is walked to its end")
  func rosenbrock() {
    let search = LimitedMemoryBFGS(
      maximumIterations: 200, maximumEvaluations: 400, tolerance: 1e-14)
    let point = search.minimise(from: [-1.2, 1]) { at, gradient in
      let (x, y) = (at[0], at[1])
      gradient[0] = -400 * x * (y - x * x) - 2 * (1 - x)
      gradient[1] = 200 * (y - x * x)
      return 100 * (y - x * x) * (y - x * x) + (1 - x) * (1 - x)
    }
    #expect((point.vector[0] - 1).magnitude < 1e-4 && (point.vector[1] - 1).magnitude < 1e-4)
  }

  @Test("evaluations are bounded and the best point seen is returned")
  func bounded() {
    var evaluations = 0
    let search = LimitedMemoryBFGS(maximumIterations: 100, maximumEvaluations: 7)
    let point = search.minimise(from: [10]) { at, gradient in
      evaluations += 1
      gradient[0] = at[0] > 0 ? 1 : -1
      return at[0].magnitude
    }
    #expect(evaluations <= 7)
    #expect(point.value <= 10 && point.value == point.vector[0].magnitude)
  }

  @Test(
    "a start that is not finite ends the search at once", arguments: [.nan, .infinity] as [Double])
  func notFinite(value: Double) {
    let point = LimitedMemoryBFGS().minimise(from: [1, 2]) { _, _ in value }
    #expect(point.evaluations == 1)
  }

  @Test("a wall beside the minimum is backed away from")
  func wall() {
    let point = LimitedMemoryBFGS().minimise(from: [3]) { at, gradient in
      gradient[0] = 2 * (at[0] - 1)
      return at[0] < 0.5 ? .infinity : (at[0] - 1) * (at[0] - 1)
    }
    #expect((point.vector[0] - 1).magnitude < 1e-3)
  }
}
