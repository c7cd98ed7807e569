import Testing

@testable import Forecasting

@Suite struct NormalTests {
  @Test(
    "quantiles of the normal distribution, from R 4.2.2 qnorm",
    arguments: [
      (0.5, 0), (0.975, 1.959963984540054), (0.99, 2.326347874040841),
      (0.001, -3.090232306167813), (0.02, -2.053748910631823),
    ])
  func quantile(level: Double, value: Double) {
    #expect((Normal.quantile(level) - value).magnitude < 1e-8)
    #expect((Normal.distribution(value) - level).magnitude < 1e-12)
  }

  @Test("levels at and beyond the ends stay finite", arguments: [0.0, 1, -1, 2])
  func ends(level: Double) {
    #expect(Normal.quantile(level).isFinite)
  }
}
