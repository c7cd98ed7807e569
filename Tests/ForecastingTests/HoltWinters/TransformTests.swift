import Forecasting
import Testing

@Suite struct TransformTests {
  @Test(
    "what is transformed comes back, zeros included", arguments: [0, 1e-9, 1, 17.5, 1e12])
  func roundTrip(value: Double) {
    let transforms: [Transform] = [
      .identity, .squareRoot, .logarithm(offset: 0.5), .logarithm(for: [0, 10, 20]),
    ]
    for transform in transforms {
      let back = transform.invert(transform.apply(value))
      #expect((back - value).magnitude <= 1e-12 * max(1, value))
    }
  }

  @Test("the logarithm's offset scales with the series")
  func offset() {
    let values = [0.0, 3, 5, .nan, 8]
    guard case .logarithm(let one) = Transform.logarithm(for: values),
      case .logarithm(let thousand) = Transform.logarithm(for: values.map { 1000 * $0 })
    else {
      Issue.record("no logarithm")
      return
    }
    #expect((thousand / one - 1000).magnitude < 1e-9)
    #expect(Transform.logarithm(for: [0, 0, .nan]) == .identity)
  }

  @Test("nothing is inverted to less than zero", arguments: [-1e300, -5, 0])
  func floor(transformed: Double) {
    for transform in [Transform.identity, .squareRoot, .logarithm(offset: 2)] {
      #expect(transform.invert(transformed) >= 0)
    }
  }
}
